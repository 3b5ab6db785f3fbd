//! What the statistics promise: they are what the rules of dues say, and what plain SQL says.

mod figures;
mod fixture;
mod sweep;
mod windows;

use super::rules::{Had, Life, Paid, count};
use super::*;
use crate::access::Actor;
use crate::both_engines;
use crate::crews;
use crate::db::testing::{Bench, person_with, somebody_with};
use crate::dues::{Due, Price};
use crate::kernel::calendar::{add_months, parse_day};
use crate::kernel::{
    Code, CrewId, HoldingId, MemberId, PartyId, PaymentId, Period, Right, ServiceId,
};
use crate::members::MemberNumber;
use crate::payments::{self, PaymentForm, ReversalForm};
use crate::services::{self, Holding, HoldingForm, NewServiceForm, ServiceType, TypeForm};
use crate::{exec, one};
use chrono::Days;
use proptest::prelude::*;
use uuid::Uuid;

fn day(text: &str) -> Day {
    parse_day(text).unwrap()
}

fn key() -> String {
    Uuid::now_v7().to_string()
}

fn asked(from: &str, until: &str, on: &str) -> Window {
    let query = StatisticsQuery {
        from: from.into(),
        until: until.into(),
        on: on.into(),
        kind: String::new(),
    };
    query.window(day("2026-06-01"))
}
