//! What a template makes, when a file is made, and what is read for it.

use super::*;
use crate::access::Actor;
use crate::bank::Keys;
use crate::both_engines;
use crate::context::Clock;
use crate::crews::{self, CrewForm};
use crate::db::testing::{Bench, somebody_with};
use crate::fields::{Extra, FieldForm};
use crate::identity;
use crate::kernel::{Code, CrewId, Day, LoginName, PageRequest, PartyId, PluginId, Right};
use crate::people::{self, PartyForm};
use crate::plugins::testing::Files;
use crate::plugins::work::{Registry, Tools, work};
use crate::plugins::{JournalFilter, Scope, journal, verify};
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc, Weekday};
use chrono_tz::Europe::Paris;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

/// Three people, two crews, three services.
fn data() -> Data {
    let id = |n: u128| Uuid::from_u128(n);
    let person = |n: u128, login: &str, number: i64| Party {
        id: id(n),
        label: format!("Léa, la {n}"),
        nature: "person".into(),
        given_name: "Léa".into(),
        name: format!("la {n}"),
        email: format!("{login}@example.org"),
        login: login.into(),
        can_sign_in: true,
        number: Some(number),
        crews: vec!["Réseau".into()],
        fields: fields(&[("shell", "")]),
        ..Party::default()
    };
    let mut zsh = person(2, "zoe", 0);
    zsh.fields = fields(&[("shell", "/bin/zsh")]);
    let mut gone = person(3, "guy", 2);
    gone.crews.clear();
    let service = |n: u128, label: &str, holder: bool, addresses: &[&str]| ServiceRow {
        id: id(n),
        label: label.into(),
        of_type: "Tunnel".into(),
        holder: holder.then(|| HolderRow {
            name: "Léa".into(),
            ..HolderRow::default()
        }),
        addresses: addresses.iter().map(|a| a.parse().unwrap()).collect(),
        fields: fields(&[("hostname", ""), ("mac", "02:00:5e:10:00:01")]),
    };
    Data {
        organisation: "Nuage".into(),
        today: day("2026-05-04"),
        people: vec![person(1, "lea", 1), zsh, gone],
        crews: vec![
            CrewRow {
                id: id(10),
                name: "Réseau & co".into(),
                number: Some(3),
                people: vec![id(1), id(2), id(3)],
                fields: BTreeMap::new(),
            },
            CrewRow {
                id: id(11),
                name: "???".into(),
                number: Some(4),
                ..CrewRow::default()
            },
        ],
        services: vec![
            service(
                20,
                "Tunnel de Léa",
                true,
                &["192.0.2.7/32", "2001:db8::7/128"],
            ),
            service(21, "En stock", false, &["192.0.2.8/32"]),
            service(22, "Bloc", true, &["198.51.100.0/24"]),
        ],
    }
}

fn recipe(kind: &str) -> Recipe {
    let of = shipped(kind).unwrap();
    Recipe {
        path: kind.into(),
        mode: rules::MODE.into(),
        template: of.template.into(),
        without: of.without.into(),
        config: rules::config(of.config).unwrap(),
        reads: of.reads.to_vec(),
        ..Recipe::default()
    }
}

fn text(recipe: &Recipe, data: &Data) -> String {
    render(recipe, data, 2_026_050_401).unwrap().text
}

fn of_template(template: &str) -> Recipe {
    Recipe {
        template: template.into(),
        ..recipe("passwd")
    }
}

#[test]
fn what_ships_makes_these_files() {
    let data = data();
    assert_eq!(
        text(&recipe("passwd"), &data),
        "zoe:x:10000:100:Léa  la 2:/home/zoe:/bin/zsh\nlea:x:10001:100:Léa  la 1:/home/lea:/bin/bash\n",
        "in the order of numbers, each with their own shell or else the default one"
    );
    assert_eq!(text(&recipe("group"), &data), "reseau-co:x:10003:lea,zoe\n");
    assert_eq!(
        text(&recipe("aliases"), &data),
        "reseau-co: lea@example.org, zoe@example.org, guy@example.org\nzoe: zoe@example.org\nlea: lea@example.org\n"
    );
    assert_eq!(
        text(&recipe("zone"), &data),
        "$ORIGIN members.example.org.\n$TTL 3600\n@ IN SOA ns1.example.org. hostmaster.example.org. ( 2026050401 3600 900 1209600 3600 )\n@ IN NS ns1.example.org.\ntunnel-de-lea IN A 192.0.2.7\ntunnel-de-lea IN AAAA 2001:db8::7\n"
    );
    assert_eq!(
        text(&recipe("dhcp"), &data),
        "host host-192-0-2-7 { # Tunnel de Léa\n  hardware ethernet 02:00:5e:10:00:01;\n  fixed-address 192.0.2.7;\n}\n"
    );
    let firewall = text(&recipe("firewall"), &data);
    assert!(
        firewall.contains("elements = { 192.0.2.7/32, 198.51.100.0/24 }\n"),
        "{firewall}"
    );
    assert!(
        firewall.contains("elements = { 2001:db8::7/128 }\n"),
        "{firewall}"
    );
    let nothing = text(&recipe("firewall"), &Data::default());
    assert!(!nothing.contains("elements"), "{nothing}");
}

#[test]
fn no_value_makes_a_line_or_a_column_of_its_own() {
    let mut data = data();
    for one in &mut data.people {
        one.label = "Léa:x:0:0:\nroot::0:0::/root:/bin/sh\r\u{2028}\0".into();
        one.fields = fields(&[("shell", "/bin/sh\nroot:x:0:0")]);
    }
    let made = text(&recipe("passwd"), &data);
    assert_eq!(made.lines().count(), 2, "{made:?}");
    for line in made.lines() {
        assert_eq!(line.split(':').count(), 7, "{line:?}");
    }
    // Nor where the template forgets nothing but the values.
    let one = of_template("{{ people|map(attribute='label')|join('/') }}\n");
    assert_eq!(text(&one, &data).matches('\n').count(), 1);
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (template, line, word) in [
        ("a\n{{ config.shel }}\n", 2, "undefined"),
        (
            "a\nb\n{% for one in accounts %}{{ one.logn }}{% endfor %}",
            3,
            "undefined",
        ),
        ("{% for one in accounts %}\n", 1, "syntax"),
        ("{{ 1|nothing }}", 1, "unknown filter"),
        ("\n{{ nothing() }}", 2, "unknown"),
        ("{% include '/etc/passwd' %}", 1, ""),
        ("{{ 'x'|reverse_name }}", 1, "single address"),
    ] {
        let trouble = render(&of_template(template), &data(), 1).unwrap_err();
        let said = trouble.to_string();
        assert!(said.contains(word), "{template:?}: {said}");
        assert!(
            trouble.line == line || trouble.line == 0,
            "{template:?}: {said}"
        );
    }
    assert!(check_template("{% if %}").is_err());
    assert!(check_template("{{ config.anything }}").is_ok());
}

#[test]
fn a_template_that_does_not_end_is_ended() {
    let long = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
    let said = render(&of_template(long), &data(), 1).unwrap_err().said;
    assert_eq!(said, "it takes too long");
    let large = "{% for a in range(9999) %}{{ 'x' * 9999 }}{% endfor %}";
    let said = render(&of_template(large), &data(), 1).unwrap_err().said;
    assert_eq!(said, "the text is too long");
}

#[test]
fn whoever_cannot_have_an_account_is_left_out_and_named() {
    let mut data = data();
    data.people[0].login = "léa.b".into();
    let made = render(&recipe("passwd"), &data, 1).unwrap();
    assert_eq!(made.text.lines().count(), 1);
    assert_eq!(made.notes, ["léa.b: no name for an account"]);
}

#[test]
fn an_address_has_a_name_in_the_reverse_zone() {
    let one = of_template("{{ '192.0.2.7'|reverse_name }} {{ '2001:db8::1'|reverse_name }}\n");
    let expected = "7.2.0.192.in-addr.arpa. 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.\n";
    assert_eq!(text(&one, &data()), expected);
}

#[test]
fn a_path_stays_in_its_folder() {
    for good in ["passwd", "dns/members.zone", "a/b/c/d/e_f-1.txt"] {
        assert_eq!(rules::path(good).unwrap(), good);
    }
    for bad in [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a/",
        ".lock",
        "a/.b",
        "-rf",
        "a b",
        "é",
        "a/b/c/d/e/f",
        "x\0y",
    ] {
        assert_eq!(
            rules::path(bad).unwrap_err().code,
            Code::NotAFilePath,
            "{bad:?}"
        );
    }
    assert!(rules::path(&"a".repeat(rules::PATH_MAX + 1)).is_err());
}

#[test]
fn nobody_runs_a_file() {
    for (typed, kept) in [
        ("644", "0644"),
        ("0640", "0640"),
        ("600", "0600"),
        ("0666", "0666"),
    ] {
        assert_eq!(rules::mode(typed).unwrap(), kept);
    }
    for bad in ["755", "4644", "0044", "9", "rw", "", "00644", "+644"] {
        assert_eq!(
            rules::mode(bad).unwrap_err().code,
            Code::NotAFileMode,
            "{bad:?}"
        );
    }
    for good in ["root", "root:adm", ":adm", ""] {
        assert_eq!(rules::owner(good).unwrap(), good);
    }
    for bad in ["0:0", "root adm", "root:adm:x", "Root"] {
        assert_eq!(
            rules::owner(bad).unwrap_err().code,
            Code::NotAFileOwner,
            "{bad:?}"
        );
    }
}

#[test]
fn a_configuration_says_which_of_its_lines_is_wrong() {
    let read =
        rules::config("# remark\n\nshell = /bin/bash\nhome=/home/{login}\nempty =\n").unwrap();
    assert_eq!(
        read,
        fields(&[
            ("shell", "/bin/bash"),
            ("home", "/home/{login}"),
            ("empty", "")
        ])
    );
    assert_eq!(rules::config(&rules::config_text(&read)).unwrap(), read);
    for (bad, line) in [
        ("a = 1\nb", 2),
        ("A = 1", 1),
        ("a = 1\na = 2", 2),
        ("= 1", 1),
        ("1a = 2", 1),
    ] {
        assert_eq!(
            rules::config(bad).unwrap_err().code,
            Code::ConfigLine { line },
            "{bad:?}"
        );
    }
}

#[test]
fn each_schedule_comes_at_its_time_through_two_years_of_clock_changes() {
    let begin = moment("2026-01-01T00:00:00Z");
    let end = moment("2028-01-01T00:00:00Z");
    let all = |schedule, hour| {
        let mut now = begin;
        let mut times = Vec::new();
        while let Some(next) = rules::next(schedule, hour, now, &Paris) {
            assert!(next > now);
            // Whatever the moment between two of them, the next one is the same.
            let between = now + (next - now) / 2;
            assert_eq!(rules::next(schedule, hour, between, &Paris), Some(next));
            if next >= end {
                break;
            }
            times.push(next);
            now = next;
        }
        times
    };
    assert_eq!(rules::next(Schedule::Never, 3, begin, &Paris), None);
    assert_eq!(all(Schedule::Hourly, 0).len(), 2 * 365 * 24 - 1);
    // 02:00 does not exist on the last Sunday of March, and exists twice in October.
    for hour in 0..24 {
        let daily = all(Schedule::Daily, hour);
        let days: Vec<Day> = daily
            .iter()
            .map(|at| at.with_timezone(&Paris).date_naive())
            .collect();
        let mut each = days.clone();
        each.dedup();
        assert_eq!(each, days, "once a day at {hour}");
        assert!((729..=731).contains(&days.len()), "{}", days.len());
        let odd = |at: &&DateTime<Utc>| i64::from(at.with_timezone(&Paris).hour()) != hour;
        assert!(daily.iter().filter(odd).count() <= 2);
    }
    let weekly = all(Schedule::Weekly, 4);
    assert_eq!(weekly.len(), 104);
    assert!(
        weekly
            .iter()
            .all(|at| at.with_timezone(&Paris).weekday() == Weekday::Mon)
    );
    let monthly = all(Schedule::Monthly, 4);
    assert_eq!(monthly.len(), 24);
    assert!(monthly.iter().all(|at| at.with_timezone(&Paris).day() == 1));
}

#[test]
fn a_serial_number_only_goes_up() {
    assert_eq!(rules::next_serial(0, day("2026-05-04")), 2_026_050_401);
    assert_eq!(
        rules::next_serial(2_026_050_401, day("2026-05-04")),
        2_026_050_402
    );
    assert_eq!(
        rules::next_serial(2_026_050_499, day("2026-05-04")),
        2_026_050_500
    );
    assert_eq!(
        rules::next_serial(2_026_050_402, day("2026-05-01")),
        2_026_050_403
    );
}

#[test]
fn a_difference_is_read_line_by_line() {
    let many: String = (0..50).map(|n| format!("{n}\n")).collect();
    let found = diff(
        &many,
        &many.replace("\n25\n", "\nx\n").replace("\n40\n", "\n"),
    );
    assert_eq!((found.added, found.removed), (1, 2));
    let shown: Vec<(DiffKind, &str)> = found
        .lines
        .iter()
        .map(|line| (line.kind, line.text.as_str()))
        .collect();
    assert!(shown.contains(&(DiffKind::Removed, "25")) && shown.contains(&(DiffKind::Added, "x")));
    assert!(shown.contains(&(DiffKind::Gap, "")) && !shown.contains(&(DiffKind::Same, "0")));
    assert!(diff("a\n", "a\n").is_empty());
    let huge = diff("", &"x\n".repeat(3_000_000));
    assert!(huge.is_cut && huge.added == 3_000_000 && huge.lines.is_empty());
}

// --- with a database

struct Ground {
    bench: Bench,
    files: Arc<Files>,
    minutes: Mutex<i64>,
}

fn admin() -> Actor {
    somebody_with(&[Right::Settings, Right::People, Right::Members])
}

fn form(kind: &str) -> ExtractionForm {
    ExtractionForm {
        key: Uuid::now_v7().to_string(),
        ..beginning(kind, crate::kernel::Locale::En)
    }
}

impl Ground {
    fn of(bench: Bench) -> Self {
        Self {
            bench,
            files: Arc::default(),
            minutes: Mutex::new(0),
        }
    }

    fn registry(&self) -> Registry {
        Registry::new(vec![self.files.clone()])
    }

    fn pass(&self, minutes: i64) {
        *self.minutes.lock().unwrap() += minutes;
    }

    fn now(&self) -> DateTime<Utc> {
        self.bench.now + TimeDelta::minutes(*self.minutes.lock().unwrap())
    }

    async fn work(&self) -> usize {
        let tools = Tools {
            db: self.bench.db.clone(),
            clock: Clock::At(self.now()),
            registry: self.registry(),
            keys: Arc::new(Keys::parse(&format!("one:{}", "ab".repeat(32))).unwrap()),
        };
        let mut all = 0;
        loop {
            match work(&tools, self.bench.tenant.id).await.unwrap() {
                0 => return all,
                count => all += count,
            }
        }
    }

    async fn add(&self, form: &ExtractionForm) -> PluginId {
        let mut cx = self.bench.act(&admin()).await;
        let id = add(&mut cx, &self.registry(), "nuage", form).await.unwrap();
        cx.commit().await.unwrap();
        id
    }

    async fn get(&self, id: PluginId) -> Extraction {
        let mut cx = self.bench.view(&admin()).await;
        get(&mut cx, id).await.unwrap()
    }

    async fn save(&self, id: PluginId, change: impl FnOnce(&mut ExtractionForm)) {
        let mut form = form_of(&self.get(id).await);
        change(&mut form);
        let mut cx = self.bench.act(&admin()).await;
        save(&mut cx, &self.registry(), "nuage", id, &form)
            .await
            .unwrap();
        cx.commit().await.unwrap();
    }

    /// Somebody in a crew who can sign in.
    async fn somebody(&self, login: &str, crew: CrewId) -> PartyId {
        let mut cx = self.bench.act(&admin()).await;
        let form = PartyForm {
            key: Uuid::now_v7().to_string(),
            kind: "person".into(),
            given_name: "Léa".into(),
            name: login.into(),
            ..PartyForm::default()
        };
        let id = people::add(&mut cx, &form).await.unwrap();
        identity::create_login_without_password(&mut cx, id, LoginName::parse(login).unwrap())
            .await
            .unwrap();
        crews::add_person(&mut cx, crew, id).await.unwrap();
        cx.commit().await.unwrap();
        id
    }

    async fn crew(&self, name: &str) -> CrewId {
        let mut cx = self.bench.act(&admin()).await;
        let form = CrewForm {
            key: Uuid::now_v7().to_string(),
            name: name.into(),
            ..CrewForm::default()
        };
        let id = crews::add(&mut cx, &form).await.unwrap();
        cx.commit().await.unwrap();
        id
    }

    fn asked(&self) -> usize {
        self.files.asked.swap(0, Ordering::SeqCst)
    }
}

both_engines! {
    async fn a_file_is_made_when_it_is_set_up_and_with_every_change_of_what_it_reads(bench: Bench) {
        let ground = Ground::of(bench);
        let crew = ground.crew("Réseau").await;
        ground.somebody("lea", crew).await;
        let id = ground.add(&form("passwd")).await;
        assert_eq!(ground.work().await, 1);
        let first = ground.files.get("passwd").unwrap();
        assert_eq!(first, "lea:x:10001:100:Léa lea:/home/lea:/bin/bash\n", "the crew was there before");
        let kept = ground.get(id).await.written.unwrap();
        assert_eq!((kept.lines, kept.path.as_str()), (1, "passwd"));
        ground.asked();
        // However much changes at once, it is made once.
        for login in ["zoe", "max", "ada"] {
            ground.somebody(login, crew).await;
        }
        assert_eq!(ground.work().await, 1);
        assert_eq!(ground.asked(), 1);
        assert_eq!(ground.files.get("passwd").unwrap().lines().count(), 4);
        // What it does not read is nothing to it.
        ground.save(id, |form| form.on_change.clear()).await;
        assert_eq!(ground.work().await, 1, "saved: made once more");
        ground.somebody("tom", crew).await;
        assert_eq!(ground.work().await, 0);
    }

    async fn an_added_field_comes_before_the_configuration_and_a_hidden_one_is_not_read(bench: Bench) {
        let ground = Ground::of(bench);
        let crew = ground.crew("Réseau").await;
        let lea = ground.somebody("lea", crew).await;
        ground.add(&form("passwd")).await;
        let mut cx = ground.bench.act(&admin()).await;
        // The field of the shell came with the extraction.
        let hidden = FieldForm {
            key: Uuid::now_v7().to_string(),
            on: "person".into(),
            kind: "text".into(),
            label: "Secret".into(),
            slug: "home".into(),
            seen_by: "settings".into(),
            edited_by: "settings".into(),
            ..FieldForm::default()
        };
        crate::fields::add(&mut cx, &hidden).await.unwrap();
        let party = people::get(&mut cx, lea).await.unwrap();
        let mut form = PartyForm::of(&party);
        form.extra = Extra::default().with("shell", "/bin/zsh").with("home", "/secret");
        people::save(&mut cx, lea, &form).await.unwrap();
        cx.commit().await.unwrap();
        ground.work().await;
        let made = ground.files.get("passwd").unwrap();
        assert_eq!(made, "lea:x:10001:100:Léa lea:/home/lea:/bin/zsh\n");
    }

    async fn a_number_is_given_once_and_never_again(bench: Bench) {
        let ground = Ground::of(bench);
        let crew = ground.crew("Réseau").await;
        let lea = ground.somebody("lea", crew).await;
        ground.somebody("zoe", crew).await;
        ground.add(&form("passwd")).await;
        ground.add(&form("group")).await;
        ground.work().await;
        assert!(ground.files.get("passwd").unwrap().starts_with("lea:x:10001:"));
        assert_eq!(ground.files.get("group").unwrap(), "reseau:x:10000:lea,zoe\n");
        let mut cx = ground.bench.act(&admin()).await;
        identity::remove_login(&mut cx, lea).await.unwrap();
        cx.commit().await.unwrap();
        ground.somebody("ada", crew).await;
        ground.work().await;
        let made = ground.files.get("passwd").unwrap();
        assert!(made.starts_with("zoe:x:10002:") && made.contains("\nada:x:10003:"), "{made}");
        // Whoever comes back is who they were.
        let mut cx = ground.bench.act(&admin()).await;
        identity::create_login_without_password(&mut cx, lea, LoginName::parse("lea2").unwrap()).await.unwrap();
        cx.commit().await.unwrap();
        ground.work().await;
        assert!(ground.files.get("passwd").unwrap().starts_with("lea2:x:10001:"));
    }

    async fn a_file_is_made_by_the_clock_once_for_all_the_times_that_were_missed(bench: Bench) {
        let ground = Ground::of(bench);
        let mut form = form("passwd");
        form.on_change.clear();
        form.schedule = "hourly".into();
        let id = ground.add(&form).await;
        ground.work().await;
        ground.asked();
        let next = ground.get(id).await.next_at.unwrap();
        assert!(next > ground.now() && next <= ground.now() + TimeDelta::hours(1));
        assert_eq!(ground.work().await, 0, "not yet");
        ground.pass(60);
        assert_eq!(ground.work().await, 1);
        ground.pass(60 * 24 * 3);
        assert_eq!(ground.work().await, 1, "three days were missed: made once");
        assert_eq!(ground.asked(), 2);
        // Switched off, it is not made.
        ground.save(id, |form| form.enabled.clear()).await;
        ground.pass(600);
        assert_eq!(ground.work().await, 0);
    }

    async fn a_template_that_fails_is_in_the_journal_until_it_is_mended(bench: Bench) {
        let ground = Ground::of(bench);
        let mut form = form("passwd");
        form.template = "{{ config.nothing }}".into();
        let id = ground.add(&form).await;
        ground.work().await;
        let rows = async || {
            let mut cx = ground.bench.view(&admin()).await;
            journal(&mut cx, &JournalFilter::default(), PageRequest::new(1)).await.unwrap().rows
        };
        let found = rows().await;
        assert_eq!(found.len(), 1);
        assert!(found[0].error.starts_with("line 1: undefined"), "{}", found[0].error);
        assert_eq!(found[0].object_kind, ObjectKind::Extraction);
        let told = async || {
            let mut cx = ground.bench.view(&admin()).await;
            let board = crate::figures::board(&mut cx).await.unwrap();
            board.administration.unwrap().not_carried
        };
        assert_eq!(told().await, 1, "the first page tells");
        ground.save(id, |form| form.template = "{{ config.shell }}".into()).await;
        ground.work().await;
        assert_eq!(rows().await, []);
        assert_eq!(told().await, 0);
        assert_eq!(ground.files.get("passwd").unwrap(), "/bin/bash\n");
    }

    async fn a_file_that_somebody_has_changed_is_found_and_put_right_when_asked(bench: Bench) {
        let ground = Ground::of(bench);
        let id = ground.add(&form("group")).await;
        ground.work().await;
        let look = async || {
            let mut cx = ground.bench.act(&admin()).await;
            verify(&mut cx, &ground.registry(), Scope::default()).await.unwrap();
            cx.commit().await.unwrap();
            ground.work().await;
            let mut cx = ground.bench.view(&admin()).await;
            journal(&mut cx, &JournalFilter::default(), PageRequest::new(1)).await.unwrap().rows
        };
        assert_eq!(look().await, []);
        ground.files.there.lock().unwrap().insert("group".into(), "x".into());
        let found = look().await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].error, "group differs");
        let mut cx = ground.bench.act(&admin()).await;
        run(&mut cx, id).await.unwrap();
        cx.commit().await.unwrap();
        ground.work().await;
        assert_eq!(look().await, []);
    }

    async fn a_form_is_refused_at_its_fields(bench: Bench) {
        let ground = Ground::of(bench);
        ground.add(&form("passwd")).await;
        let refused = async |form: &ExtractionForm| {
            let mut cx = ground.bench.act(&admin()).await;
            let problem = add(&mut cx, &ground.registry(), "nuage", form).await.unwrap_err();
            let fields = problem.fields.iter();
            fields.map(|at| (at.field.clone(), at.code.clone())).collect::<Vec<_>>()
        };
        let at = |field: &str, code: Code| vec![(field.to_owned(), code)];
        assert_eq!(refused(&form("passwd")).await, at("name", Code::PluginNameTaken));
        let same_path = ExtractionForm { name: "Other".into(), ..form("passwd") };
        assert_eq!(refused(&same_path).await, at("path", Code::FilePathTaken));
        let owner = ExtractionForm { owner: "root".into(), ..form("group") };
        assert_eq!(refused(&owner).await, at("owner", Code::OwnerNotAllowed));
        let nothing = ExtractionForm { key: Uuid::now_v7().to_string(), mode: "755".into(), hour: "24".into(), schedule: "yearly".into(), ..ExtractionForm::default() };
        let found: Vec<String> = refused(&nothing).await.into_iter().map(|(field, _)| field).collect();
        assert_eq!(found, ["name", "wants", "path", "mode", "template", "schedule", "hour"]);
        // Nobody who does not see all services lets a template read them.
        let crew = ground.crew("Réseau").await;
        let mut tx = ground.bench.db.write(ground.bench.tenant.id).await.unwrap();
        crate::exec!(
            tx,
            "INSERT INTO service_types (tenant_id, id, name, crew_id, colour, months, note, carries_addresses, version) VALUES ($1, $2, 'ADSL', $3, 'blue', 1, '', $4, 1)",
            ground.bench.tenant.id,
            Uuid::now_v7(),
            crew,
            false
        ).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(refused(&form("zone")).await, at("wants", Code::PluginSeesMore));
        // A server that has no such program says so.
        let mut cx = ground.bench.act(&admin()).await;
        let problem = add(&mut cx, &Registry::default(), "nuage", &form("group")).await.unwrap_err();
        assert_eq!(problem.field("path"), Some(&Code::NotAllowedHere));
    }

    async fn a_preview_shows_what_would_be_and_what_is_and_writes_nothing(bench: Bench) {
        let ground = Ground::of(bench);
        let crew = ground.crew("Réseau").await;
        ground.somebody("lea", crew).await;
        let id = ground.add(&form("passwd")).await;
        ground.work().await;
        let mut changed = form_of(&ground.get(id).await);
        changed.template = "{% for one in accounts %}\n{{ one.login }}\n{% endfor %}".into();
        let look = async |form: Option<&ExtractionForm>| {
            let mut cx = ground.bench.view(&admin()).await;
            let draft = draft(&mut cx, &ground.registry(), "nuage", Some(id), form).await.unwrap();
            drop(cx);
            preview(&ground.registry(), draft).await
        };
        let found = look(Some(&changed)).await.unwrap();
        assert_eq!(found.text, "lea\n");
        assert_eq!(found.there, ground.files.get("passwd"));
        let found = look(None).await.unwrap();
        assert_eq!(Some(found.text), found.there);
        assert_eq!(form_of(&ground.get(id).await).template, form("passwd").template, "nothing is kept");
    }

    async fn one_that_is_forgotten_leaves_its_file_and_nothing_else(bench: Bench) {
        let ground = Ground::of(bench);
        let id = ground.add(&form("group")).await;
        ground.work().await;
        let mut cx = ground.bench.act(&admin()).await;
        delete(&mut cx, id).await.unwrap();
        cx.commit().await.unwrap();
        assert!(ground.files.get("group").is_some());
        let mut cx = ground.bench.view(&admin()).await;
        assert_eq!(list(&mut cx).await.unwrap(), []);
        assert_eq!(get(&mut cx, id).await.unwrap_err().code, Code::NotFound);
        drop(cx);
        ground.crew("Neuf").await;
        assert_eq!(ground.work().await, 0);
    }
}
