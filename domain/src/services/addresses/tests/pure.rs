//! Networks as text, what is free, what is reserved: compared with a plain way of finding it.

use super::super::rules::*;
use crate::kernel::Code;
use chrono_tz::Europe::Paris;
use ipnet::IpNet;
use proptest::prelude::*;

fn any_v4() -> impl Strategy<Value = IpNet> {
    (any::<u32>(), 0_u8..=32).prop_map(|(bits, length)| {
        IpNet::new(std::net::Ipv4Addr::from(bits).into(), length)
            .unwrap()
            .trunc()
    })
}

fn any_v6() -> impl Strategy<Value = IpNet> {
    (any::<u128>(), 0_u8..=128).prop_map(|(bits, length)| {
        IpNet::new(std::net::Ipv6Addr::from(bits).into(), length)
            .unwrap()
            .trunc()
    })
}

/// Networks that are near to each other, so that they meet.
fn near() -> impl Strategy<Value = IpNet> {
    (0_u32..1024, 22_u8..=32).prop_map(|(bits, length)| {
        let address = std::net::Ipv4Addr::from(0xC000_0000 | bits);
        IpNet::new(address.into(), length).unwrap().trunc()
    })
}

proptest! {
    #[test]
    fn a_key_is_read_back(network in prop_oneof![any_v4(), any_v6()]) {
        prop_assert_eq!(read_key(&key(network)), Some(network));
    }

    #[test]
    fn a_network_lies_in_another_where_its_key_begins_with_the_other_ones(a in near(), b in near()) {
        let contains = match (a, b) {
            (IpNet::V4(a), IpNet::V4(b)) => a.contains(&b),
            _ => false,
        };
        prop_assert_eq!(contains, key(b).starts_with(&key(a)));
        prop_assert_eq!(contains, lies_in(b, a));
        prop_assert_eq!(contains, above(b).contains(&key(a)));
    }

    #[test]
    fn keys_stand_in_the_order_of_the_addresses(a in near(), b in near()) {
        if key(a) < key(b) {
            prop_assert!(span(a).first <= span(b).first);
        }
    }

    #[test]
    fn the_next_free_network_is_the_first_that_touches_nothing(
        within in near(),
        more in 0_u8..=6,
        taken in proptest::collection::vec(near(), 0..30),
    ) {
        let length = (within.prefix_len() + more).min(32);
        let naive = within
            .subnets(length)
            .unwrap()
            .find(|part| !taken.iter().any(|t| span(*t).touches(span(*part))));
        let mut spans: Vec<Span> = taken.iter().map(|t| span(*t)).collect();
        spans.sort_unstable();
        let mut walk = Walk::new(within, length);
        for part in spans {
            if walk.pass(part) {
                break;
            }
        }
        prop_assert_eq!(walk.found(), naive);
    }

    #[test]
    fn used_free_and_reserved_are_all_there_is(
        within in near(),
        taken in proptest::collection::btree_set(0_u32..1024, 0..40),
        reserved in proptest::collection::vec((0_u32..1024, 0_u32..9), 0..6),
    ) {
        let base = 0xC000_0000_u128;
        let spans: Vec<Span> = reserved
            .iter()
            .map(|(first, more)| Span { first: base + u128::from(*first), last: base + u128::from(first + more) })
            .collect();
        let own = span(within);
        let held = |n: u128| spans.iter().any(|s| s.first <= n && n <= s.last);
        let used = taken.iter().map(|n| base + u128::from(*n)).filter(|n| own.first <= *n && *n <= own.last && !held(*n)).count();
        let kept = (own.first..=own.last).filter(|n| held(*n)).count();
        let used = u128::try_from(used).unwrap();
        let filling = filling(within, 32, &[(32, used)], spans.clone());
        prop_assert_eq!(filling.reserved, u128::try_from(kept).unwrap());
        prop_assert_eq!(filling.used + filling.reserved + filling.free(), filling.total);
        prop_assert_eq!(filling.total, own.size());
    }

    #[test]
    fn some_addresses_are_exactly_their_pieces(first in 0_u32..5000, more in 0_u32..5000) {
        let part = Span { first: u128::from(first), last: u128::from(first + more) };
        let pieces = pieces("0.0.0.0/0".parse().unwrap(), part);
        let sum: u128 = pieces.iter().map(|p| span(*p).size()).sum();
        prop_assert_eq!(sum, part.size());
        prop_assert!(pieces.iter().all(|p| part.holds(span(*p))));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let _ = (parse_network(&text), parse_range(&text), parse_time(&text), read_key(&text));
    }
}

#[test]
fn a_network_is_written_by_its_first_address_and_the_right_one_is_proposed() {
    let wrong = parse_network("192.0.2.7/24").unwrap_err().code;
    let right = "192.0.2.0/24".to_owned();
    assert_eq!(wrong, Code::NotANetwork { right });
    for text in [
        "192.0.2",
        "192.0.2.0/33",
        "01.2.3.4",
        "fe80::1%eth0",
        "x",
        "/",
        "192.0.2.0/",
    ] {
        assert_eq!(
            parse_network(text).unwrap_err().code,
            Code::NotAnAddress,
            "{text}"
        );
    }
    assert_eq!(written(parse_network(" 192.0.2.7 ").unwrap()), "192.0.2.7");
    assert_eq!(
        written(parse_network("2001:DB8:0::/48").unwrap()),
        "2001:db8::/48"
    );
    // An IPv4 address that a program writes as one of IPv6.
    assert_eq!(
        parse_address("::ffff:192.0.2.7").unwrap().to_string(),
        "192.0.2.7"
    );
}

#[test]
fn an_hour_that_was_there_twice_or_not_at_all_is_no_moment() {
    let day = |text: &str| crate::kernel::calendar::parse_day(text).unwrap();
    let at = |d: &str, t: &str| moment(day(d), parse_time(t).unwrap(), Paris);
    assert_eq!(
        at("2026-06-01", "14h30").unwrap().to_rfc3339(),
        "2026-06-01T12:30:00+00:00"
    );
    for (d, t) in [("2026-03-29", "02:30"), ("2026-10-25", "02:30:00")] {
        assert_eq!(at(d, t).unwrap_err().code, Code::TimeUnclear, "{d}");
    }
    for text in ["24:00", "12", "12:60", "23:59:60", ""] {
        assert_eq!(parse_time(text).unwrap_err().code, Code::NotATime, "{text}");
    }
}
