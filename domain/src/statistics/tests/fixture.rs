//! Two years of services and of members, made through the use-cases.

use super::*;

/// Three types over two years, made through the use-cases.
pub(super) struct Fixture {
    pub types: Vec<ServiceTypeId>,
    pub crews: Vec<CrewId>,
    pub bank: Actor,
}

/// The day on which the fixture's services are written down.
const FIRST: &str = "2024-06-01";

struct Maker<'a> {
    bench: &'a mut Bench,
    boss: Actor,
    bank: Actor,
}

impl Maker<'_> {
    /// It is noon of a day.
    fn at(&mut self, day: &str) {
        self.bench.now = format!("{day}T12:00:00Z").parse().unwrap();
    }

    async fn service(
        &mut self,
        kind: ServiceTypeId,
        label: &str,
        who: Option<(MemberId, &str)>,
        own: &str,
    ) -> ServiceId {
        self.at(FIRST);
        let form = NewServiceForm {
            key: key(),
            kind: kind.to_string(),
            label: label.into(),
            member: who.map(|(m, _)| m.to_string()).unwrap_or_default(),
            from_on: who.map(|(_, from)| from.to_owned()).unwrap_or_default(),
            amount: own.into(),
            reason: if own.is_empty() {
                String::new()
            } else {
                "convenu".into()
            },
            ..NewServiceForm::default()
        };
        let add = self
            .bench
            .run(&self.boss, async |cx| services::add(cx, &form).await);
        add.await.unwrap()
    }

    /// Ends who has a service, and gives it to another one.
    async fn passes(&self, id: ServiceId, until: &str, next: Option<(MemberId, &str)>) {
        self.bench
            .run(&self.boss, async |cx| {
                let known = services::known(cx, id).await?;
                let had = &known.held[0].holding;
                let form = HoldingForm {
                    until_on: until.into(),
                    ..HoldingForm::of(had, crate::kernel::Locale::Fr)
                };
                services::save_holding(cx, id, had.id, &form).await?;
                if let Some((member, from)) = next {
                    let form = HoldingForm {
                        key: key(),
                        member: member.to_string(),
                        from_on: from.into(),
                        ..HoldingForm::default()
                    };
                    services::give(cx, id, &form).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
    }

    /// Enters a payment of so many months; validates it where that is said.
    async fn pays(
        &mut self,
        of: (ServiceId, MemberId),
        on: &str,
        from: &str,
        months: u32,
        euros: &str,
        validated: bool,
    ) -> PaymentId {
        self.at(on);
        let period = Period::months_from(day(from), months);
        let is_waived = euros == "0";
        let form = PaymentForm {
            key: key(),
            member: of.1.to_string(),
            service: of.0.to_string(),
            amount: euros.into(),
            method: if is_waived {
                "waived".into()
            } else {
                "transfer".into()
            },
            note: if is_waived {
                "offert".into()
            } else {
                String::new()
            },
            received_on: on.into(),
            period_from: period.from().to_string(),
            period_until: period.until().to_string(),
            ..PaymentForm::default()
        };
        let add = self
            .bench
            .run(&self.boss, async |cx| payments::add(cx, &form).await);
        let id = add.await.unwrap();
        if validated {
            self.validate(id).await;
        }
        id
    }

    async fn validate(&self, id: PaymentId) {
        let key = key();
        let done = self.bench.run(&self.bank, async |cx| {
            payments::validate(cx, &[id], &key).await
        });
        assert_eq!(done.await.unwrap()[0].1, payments::Outcome::Validated);
    }

    async fn gives_back(&mut self, id: PaymentId, at: &str) {
        self.at(at);
        let form = ReversalForm {
            key: key(),
            reason: "erreur".into(),
        };
        let reverse = self.bench.run(&self.boss, async |cx| {
            payments::reverse(cx, id, &form).await
        });
        let back = reverse.await.unwrap();
        self.validate(back).await;
    }
}

pub(super) async fn fixture(bench: &mut Bench) -> Fixture {
    bench.now = "2024-06-01T12:00:00Z".parse().unwrap();
    let bank_person = bench.a_person("Karim", "Haddad").await;
    let bank = person_with(bank_person, &[Right::PaymentsValidate]);
    let (lea, ali) = (
        bench.a_member("Léa", "Benamar", 12).await,
        bench.a_member("Ali", "Petit", 13).await,
    );
    let boss = Actor::operator();
    let made = bench.run(&boss, async |cx| {
        let (mut types, mut crews) = (Vec::new(), Vec::new());
        for (name, months, price) in [
            ("VPN", 1, "5"),
            ("Hébergement", 12, "60"),
            ("Adresse", 3, "9"),
        ] {
            let crew = crews::create(cx, name, &[]).await?;
            let form = TypeForm {
                key: key(),
                name: name.into(),
                crew: crew.to_string(),
                months: months.to_string(),
                price: price.into(),
                ..TypeForm::blank()
            };
            types.push(services::add_type(cx, &form).await?);
            crews.push(crew);
        }
        let vpn = services::get_type(cx, types[0]).await?;
        let dearer = TypeForm {
            price: "6,50".into(),
            price_from: "2025-03-10".into(),
            ..TypeForm::of(&vpn, cx.today(), crate::kernel::Locale::Fr)
        };
        services::save_type(cx, types[0], &dearer).await?;
        Ok((types, crews))
    });
    let (types, crews) = made.await.unwrap();
    let mut m = Maker {
        bench,
        boss,
        bank: bank.clone(),
    };
    // Paid in time until a day, then late; a month was paid twice, and given back.
    let vpn = m
        .service(types[0], "vpn-1", Some((lea, "2024-06-10")), "")
        .await;
    for (on, from) in [
        ("2024-06-12", "2024-06-10"),
        ("2024-12-01", "2024-12-10"),
        ("2025-06-20", "2025-06-10"),
    ] {
        m.pays((vpn, lea), on, from, 6, "30", true).await;
    }
    let twice = m
        .pays((vpn, lea), "2025-07-03", "2025-06-10", 6, "30", true)
        .await;
    // Paid each month by one who pays less, not validated at the end; then somebody else's.
    let own = m
        .service(types[0], "vpn-2", Some((ali, "2024-09-15")), "2,50")
        .await;
    for n in 0..8 {
        let from = add_months(day("2024-09-15"), n).to_string();
        m.pays((own, ali), &from, &from, 1, "2,50", n != 7).await;
    }
    m.passes(own, "2025-08-20", Some((lea, "2025-08-25"))).await;
    // Free, in stock, closed.
    m.service(types[0], "vpn-3", Some((ali, "2025-01-01")), "0")
        .await;
    let stock = m.service(types[0], "vpn-4", None, "").await;
    // By the year: one paid, one waived, one that has never paid and ended.
    let site = m
        .service(types[1], "site-1", Some((lea, "2024-07-01")), "")
        .await;
    m.pays((site, lea), "2024-08-02", "2024-07-01", 12, "60", true)
        .await;
    let other = m
        .service(types[1], "site-2", Some((ali, "2024-10-20")), "")
        .await;
    m.pays((other, ali), "2024-11-02", "2024-10-20", 12, "0", true)
        .await;
    let never = m
        .service(types[1], "site-3", Some((ali, "2025-02-03")), "")
        .await;
    m.passes(never, "2026-02-02", None).await;
    // By the quarter: what was paid is taken back, later.
    let ip = m
        .service(types[2], "ip-1", Some((lea, "2024-06-28")), "")
        .await;
    let wrong = m
        .pays((ip, lea), "2024-07-01", "2024-06-28", 12, "36", true)
        .await;
    m.gives_back(twice, "2025-07-10").await;
    m.gives_back(wrong, "2025-11-10").await;
    let closed = services::ServiceForm {
        version: "1".into(),
        label: "vpn-4".into(),
        closed_on: "2025-12-05".into(),
        ..services::ServiceForm::default()
    };
    m.bench
        .run(&m.boss, async |cx| services::save(cx, stock, &closed).await)
        .await
        .unwrap();
    bench.now = "2026-06-01T12:00:00Z".parse().unwrap();
    Fixture { types, crews, bank }
}

/// Members who came, paid, were late, left; by the default kind: 30 euros for twelve months.
pub(super) async fn members_fixture(bench: &mut Bench) {
    bench.now = "2024-06-01T12:00:00Z".parse().unwrap();
    let bank_person = bench.a_person("Karim", "Haddad").await;
    let bank = person_with(bank_person, &[Right::PaymentsValidate]);
    let mut m = Maker {
        bench,
        boss: Actor::operator(),
        bank,
    };
    let mut members = Vec::new();
    for (n, (joined, left)) in [
        ("2024-05-01", None),
        ("2024-09-01", None),
        ("2024-07-15", Some("2025-10-03")),
        ("2025-01-31", None),
    ]
    .into_iter()
    .enumerate()
    {
        let id = m
            .bench
            .a_member("Membre", "Essai", 20 + i64::try_from(n).unwrap())
            .await;
        let mut tx = m.bench.db.write(m.bench.tenant.id).await.unwrap();
        exec!(
            tx,
            "UPDATE members SET joined_on = $3, left_on = $4 WHERE tenant_id = $1 AND id = $2",
            m.bench.tenant.id,
            id,
            day(joined),
            left.map(day)
        )
        .unwrap();
        tx.commit().await.unwrap();
        members.push(id);
    }
    let mut given_back = None;
    for (n, on, from, validated) in [
        (0, "2024-05-03", "2024-05-01", true),
        (0, "2025-06-10", "2025-05-01", true),
        (0, "2026-04-10", "2026-05-01", true),
        (1, "2024-09-10", "2024-09-01", true),
        (1, "2025-12-24", "2025-09-01", true),
        (2, "2024-08-01", "2024-07-15", true),
        (3, "2025-02-02", "2025-01-31", true),
        (3, "2026-05-02", "2026-01-31", false),
    ] {
        let period = Period::months_from(day(from), 12);
        let form = PaymentForm {
            key: key(),
            member: members[n].to_string(),
            amount: "30".into(),
            method: "transfer".into(),
            received_on: on.into(),
            period_from: period.from().to_string(),
            period_until: period.until().to_string(),
            ..PaymentForm::default()
        };
        m.at(on);
        let id = m
            .bench
            .run(&m.boss, async |cx| payments::add(cx, &form).await)
            .await
            .unwrap();
        if validated {
            m.validate(id).await;
        }
        if n == 3 && validated {
            given_back = Some(id);
        }
    }
    m.gives_back(given_back.unwrap(), "2025-08-10").await;
    bench.now = "2026-06-01T12:00:00Z".parse().unwrap();
}
