//! What the import of services and of addresses promises, on both engines.

use super::*;
use crate::access::{Actor, Belonging};
use crate::both_engines;
use crate::crews;
use crate::db::testing::{Bench, person_with};
use crate::fields::{self, FieldForm};
use crate::import::{Holds, Progress};
use crate::kernel::{Code, MemberId, PartyId, Problem, Right, ServiceTypeId};
use crate::services::addresses::{self, PrefixForm, WhoForm};
use crate::services::{self, HoldingForm, ServiceFilter, TypeForm};
use uuid::Uuid;

const SERVICES: &str = "ID;Type;Libellé;Adhérent;Début;Fin;Notes\n\
    1;VPN;vpn-1;1012-5;2020-01-01;2020-12-31;\n\
    1;VPN;vpn-1;lea@ex.fr;2021-01-01;;\n\
    2;VPN;vpn-2;;;;au dépôt\n";
const ADDRESSES: &str = "ID;Adresse IP;Début;Fin\n\
    1;192.0.2.1;2020-01-01;2020-12-31 14:30\n\
    1;192.0.2.2;2021-01-01;\n\
    2;192.0.2.1/32;2021-01-01;\n";

fn key() -> String {
    Uuid::now_v7().to_string()
}

/// Two crews with a type each, somebody in each of them, a prefix and a member.
struct Ground {
    vpn: ServiceTypeId,
    vpn_crew: Actor,
    hosting_crew: Actor,
    boss: Actor,
    member: MemberId,
}

fn in_crew(person: PartyId, crew: CrewId) -> Actor {
    let actor = person_with(person, &[]);
    let name = "équipe".to_owned();
    let rights = actor.rights.in_crews(vec![Belonging { crew, name }]);
    Actor { rights, ..actor }
}

fn type_form(name: &str, crew: CrewId) -> TypeForm {
    TypeForm {
        key: key(),
        name: name.into(),
        crew: crew.to_string(),
        price: "5".into(),
        addresses: "yes".into(),
        ..TypeForm::blank()
    }
}

async fn ground(bench: &Bench) -> Ground {
    let people = [
        bench.a_person("Tom", "Vasseur").await,
        bench.a_person("Nadia", "Petit").await,
        bench.a_person("Inès", "Carvalho").await,
    ];
    let member = bench.a_member("Léa", "Benamar", 12).await;
    let operator = Actor::operator();
    let made = bench.run(&operator, async |cx| {
        let vpn_crew = crews::create(cx, "Réseau", &[]).await?;
        let hosting_crew = crews::create(cx, "Hébergement", &[]).await?;
        let vpn = services::add_type(cx, &type_form("VPN", vpn_crew)).await?;
        services::add_type(cx, &type_form("Site", hosting_crew)).await?;
        let prefix = PrefixForm {
            key: key(),
            network: "192.0.2.0/24".into(),
            label: "Clients".into(),
            hands_out: "32".into(),
            ..PrefixForm::default()
        };
        addresses::add_prefix(cx, &prefix).await?;
        Ok((vpn_crew, hosting_crew, vpn))
    });
    let (vpn_crew, hosting_crew, vpn) = made.await.unwrap();
    Ground {
        vpn,
        vpn_crew: in_crew(people[0], vpn_crew),
        hosting_crew: in_crew(people[1], hosting_crew),
        boss: person_with(people[2], &[Right::AddressHistory]),
        member,
    }
}

/// The files above name the member by number or address; here by the name, that all engines have.
fn named(file: &str) -> String {
    file.replace("1012-5", "Léa Benamar")
        .replace("lea@ex.fr", "benamar LEA")
}

async fn take(bench: &Bench, actor: &Actor, file: &str) -> ImportId {
    let file = named(file);
    let done = bench.run(actor, async |cx| {
        upload(cx, "services.csv", file.as_bytes(), &key()).await
    });
    done.await.unwrap()
}

async fn seen(bench: &Bench, actor: &Actor, id: ImportId) -> Preview {
    let mut cx = bench.view(actor).await;
    preview(&mut cx, id).await.unwrap()
}

async fn apply_all(bench: &Bench, actor: &Actor, id: ImportId) -> Result<Report, Problem> {
    let done = bench.run(actor, async |cx| {
        apply(cx, id, ProblemRows::Refuse, &key(), &Progress::default()).await
    });
    done.await
}

async fn import_file(bench: &Bench, actor: &Actor, file: &str) -> (ImportId, Report) {
    let id = take(bench, actor, file).await;
    let report = apply_all(bench, actor, id).await.unwrap();
    (id, report)
}

/// The problems of a file: line and code.
async fn problems(bench: &Bench, actor: &Actor, file: &str) -> Vec<(u64, Code)> {
    let id = take(bench, actor, file).await;
    let preview = seen(bench, actor, id).await;
    let rows = preview.problems.into_iter();
    rows.flat_map(|row| row.problems.into_iter().map(move |p| (row.line, p.code)))
        .collect()
}

async fn labels(bench: &Bench, actor: &Actor) -> Vec<(String, Vec<String>, bool)> {
    let mut cx = bench.view(actor).await;
    let all = services::list_behind(&mut cx, &ServiceFilter::default(), 0, 100).await;
    let rows = all.unwrap().into_iter();
    rows.map(|row| (row.label, row.addresses, row.holder.is_some()))
        .collect()
}

both_engines! {
    async fn imported_twice_adds_nothing(bench: Bench) {
        let g = ground(&bench).await;
        let (_, report) = import_file(&bench, &g.vpn_crew, SERVICES).await;
        let wanted = Report {
            rows: 3,
            services_added: 2,
            holdings_added: 2,
            ..Report::default()
        };
        assert_eq!(report, wanted);
        let (_, report) = import_file(&bench, &g.vpn_crew, ADDRESSES).await;
        assert_eq!(report.allocations_added, 3);
        let both = vec![
            ("vpn-1".to_owned(), vec!["192.0.2.2".to_owned()], true),
            ("vpn-2".to_owned(), vec!["192.0.2.1".to_owned()], false),
        ];
        assert_eq!(labels(&bench, &g.vpn_crew).await, both);
        for file in [SERVICES, ADDRESSES] {
            let (_, again) = import_file(&bench, &g.vpn_crew, file).await;
            assert_eq!(again.added(), 0, "{again:?}");
            assert_eq!(again.problem_rows, 0);
        }
        assert_eq!(labels(&bench, &g.vpn_crew).await, both);
    }

    async fn what_an_undone_import_added_is_gone(bench: Bench) {
        let g = ground(&bench).await;
        let (services, _) = import_file(&bench, &g.vpn_crew, SERVICES).await;
        let (networks, _) = import_file(&bench, &g.vpn_crew, ADDRESSES).await;
        // The services have addresses from elsewhere: first these must go.
        let undone = bench
            .run(&g.vpn_crew, async |cx| undo(cx, services, &key()).await)
            .await;
        assert_eq!(undone.unwrap_err().code, Code::ImportUsed { count: 2 });
        let undone = bench
            .run(&g.vpn_crew, async |cx| undo(cx, networks, &key()).await)
            .await;
        assert_eq!(undone.unwrap().allocations, 3);
        let undone = bench
            .run(&g.vpn_crew, async |cx| undo(cx, services, &key()).await)
            .await;
        let gone = Removed {
            services: 2,
            holdings: 2,
            allocations: 0,
        };
        assert_eq!(undone.unwrap(), gone);
        assert_eq!(labels(&bench, &g.vpn_crew).await, []);
        let again = bench
            .run(&g.vpn_crew, async |cx| undo(cx, services, &key()).await)
            .await;
        assert_eq!(again.unwrap_err().code, Code::ImportNotUndoable);
        // And it can come again.
        let (_, report) = import_file(&bench, &g.vpn_crew, SERVICES).await;
        assert_eq!(report.services_added, 2);
    }

    async fn fields_of_services_come_in_those_of_one_type_with_it_alone_and_go_again(bench: Bench) {
        let g = ground(&bench).await;
        let field = |label: &str, of: String| FieldForm {
            key: key(),
            on: "service".into(),
            kind: "number".into(),
            label: label.into(),
            of_type: of,
            required: "yes".into(),
            ..FieldForm::default()
        };
        let operator = Actor::operator();
        for form in [field("Port", String::new()), field("Débit", g.vpn.to_string())] {
            bench.run(&operator, async |cx| fields::add(cx, &form).await).await.unwrap();
        }
        let file = "Type;Libellé;Port;Débit\nVPN;a;1;100,5\nVPN;b;;3\nVPN;c;x;3\n";
        let wrong = problems(&bench, &g.vpn_crew, file).await;
        assert_eq!(wrong, [(3, Code::Required), (4, Code::NotANumber)]);
        // Not this type's: to its crew it is a column like any other.
        let id = take(&bench, &g.hosting_crew, "Type;Libellé;Port;Débit\nSite;a;1;2\n").await;
        let mut cx = bench.view(&g.hosting_crew).await;
        let columns = get(&mut cx, id).await.unwrap().choices.columns;
        assert!(columns[2].field().is_some() && columns[3] == Part::Ignore);
        drop(cx);
        let (id, report) = import_file(&bench, &g.vpn_crew, "Type;Libellé;Port;Débit\nVPN;a;1;100,5\n").await;
        assert_eq!((report.services_added, report.values_added), (1, 2));
        let values = async || {
            let mut tx = bench.db.read(bench.tenant.id).await.unwrap();
            let sql = "SELECT value FROM extra_values WHERE tenant_id = $1 ORDER BY value";
            let found: Vec<(String,)> = crate::all!(tx, sql, bench.tenant.id).unwrap();
            found.into_iter().map(|(value,)| value).collect::<Vec<_>>()
        };
        assert_eq!(values().await, ["1", "100.5"]);
        let undone = bench.run(&g.vpn_crew, async |cx| undo(cx, id, &key()).await);
        assert_eq!(undone.await.unwrap().services, 1);
        assert_eq!(values().await, Vec::<String>::new());
    }

    async fn what_was_built_upon_stays(bench: Bench) {
        let g = ground(&bench).await;
        let (services, _) = import_file(&bench, &g.vpn_crew, SERVICES).await;
        let (networks, _) = import_file(&bench, &g.vpn_crew, ADDRESSES).await;
        let who = WhoForm {
            key: key(),
            address: "192.0.2.1".into(),
            on: "2020-06-01".into(),
            time: "12:00".into(),
            reference: "Réquisition 1".into(),
            ..WhoForm::default()
        };
        let asked = bench
            .run(&g.boss, async |cx| addresses::ask(cx, &who).await)
            .await;
        asked.unwrap();
        let mut cx = bench.view(&g.vpn_crew).await;
        let against = against_undo(&mut cx, networks).await.unwrap();
        assert!(
            against
                .first
                .iter()
                .all(|reason| reason.why == Why::Answered)
        );
        assert_eq!(against.total, 2, "both services that had it");
        let second = services::list_behind(&mut cx, &ServiceFilter::default(), 1, 1)
            .await
            .unwrap();
        drop(cx);
        let form = HoldingForm {
            key: key(),
            member: g.member.to_string(),
            from_on: "2026-01-01".into(),
            ..HoldingForm::default()
        };
        let given = bench.run(&g.vpn_crew, async |cx| {
            services::give(cx, second[0].id, &form).await
        });
        given.await.unwrap();
        let mut cx = bench.view(&g.vpn_crew).await;
        let against = against_undo(&mut cx, services).await.unwrap();
        assert!(
            against
                .first
                .iter()
                .any(|reason| reason.why == Why::Holding)
        );
    }

    async fn another_crews_line_is_refused_like_what_there_is_not(bench: Bench) {
        let g = ground(&bench).await;
        let file = "Type;Libellé\nSite;vpn-1\nRien;vpn-1\nVPN;vpn-3\n";
        let wrong = problems(&bench, &g.vpn_crew, file).await;
        assert_eq!(wrong, [(2, Code::UnknownType), (3, Code::UnknownType)]);
        import_file(&bench, &g.vpn_crew, SERVICES).await;
        let wrong = problems(
            &bench,
            &g.hosting_crew,
            "ID;IP\n1;192.0.2.9\n999;192.0.2.9\n",
        )
        .await;
        assert_eq!(
            wrong,
            [(2, Code::UnknownService), (3, Code::UnknownService)]
        );
        // Nor is the import itself there for another crew.
        let id = take(&bench, &g.vpn_crew, SERVICES).await;
        let mut cx = bench.view(&g.hosting_crew).await;
        assert_eq!(get(&mut cx, id).await.unwrap_err().code, Code::NotFound);
        assert_eq!(list(&mut cx).await.unwrap().len(), 1);
    }

    async fn what_is_wrong_is_said_at_its_line(bench: Bench) {
        let g = ground(&bench).await;
        let file = "Type;Libellé;Adhérent;Début;Fin\n\
            VPN;a;Léa Benamar;2024-01-01;2023-01-01\n\
            VPN;a;Personne;2024-01-01;\n\
            VPN;a;Léa Benamar;;\n\
            VPN;a;Léa Benamar;2024-01-01;\n\
            VPN;a;Léa Benamar;2025-01-01;\n\
            ;a;;;\n\
            VPN;;;;\n\
            VPN;b;Léa Benamar;31/02/2024;\n";
        let wrong = problems(&bench, &g.vpn_crew, file).await;
        let wanted = [
            (2, Code::PeriodEndsBeforeStart),
            (3, Code::UnknownMember),
            (4, Code::Required),
            (6, Code::ServiceTaken),
            (7, Code::Required),
            (8, Code::Required),
            (9, Code::NotADay),
        ];
        assert_eq!(wrong, wanted);
        let id = take(&bench, &g.vpn_crew, file).await;
        let refused = apply_all(&bench, &g.vpn_crew, id).await.unwrap_err();
        assert_eq!(refused.code, Code::RowsWithProblems { rows: 7 });
        assert_eq!(labels(&bench, &g.vpn_crew).await, []);
    }

    async fn addresses_that_overlap_are_refused_at_their_line(bench: Bench) {
        let g = ground(&bench).await;
        import_file(&bench, &g.vpn_crew, SERVICES).await;
        import_file(
            &bench,
            &g.vpn_crew,
            "ID;IP;Début\n2;192.0.2.64/26;2024-01-01\n",
        )
        .await;
        let file = "ID;IP;Début;Fin\n\
            1;192.0.2.70;2025-01-01;\n\
            1;192.0.2.70;2023-01-01;2023-12-31\n\
            1;192.0.2.0/25;2025-01-01;\n\
            1;192.0.2.5;2025-01-01;\n\
            2;192.0.2.5;2025-06-01;\n\
            1;198.51.100.1;2025-01-01;\n\
            1;192.0.2.1/24;2025-01-01;\n\
            1;;2025-01-01;\n";
        let wrong = problems(&bench, &g.vpn_crew, file).await;
        let right = "192.0.2.0/24".to_owned();
        let wanted = [
            (2, Code::AddressTaken),
            (4, Code::AddressTaken),
            (6, Code::AddressTaken),
            (7, Code::AddressOutOfReach),
            (8, Code::NotANetwork { right }),
            (9, Code::NotAnAddress),
        ];
        assert_eq!(wrong, wanted);
    }

    async fn thousands_come_in_a_handful_of_statements(bench: Bench) {
        let g = ground(&bench).await;
        let mut file = String::from("ID;Libellé;Adhérent;Début\n");
        for n in 0..2_500 {
            file.push_str(&format!("{n};ligne {n};Léa Benamar;2024-01-01\n"));
        }
        let id = take(&bench, &g.vpn_crew, &file).await;
        let done = bench.run(&g.vpn_crew, async |cx| {
            let mut choices = get(cx, id).await?.choices;
            choices.kind = Some(g.vpn);
            set_choices(cx, id, &choices).await
        });
        done.await.unwrap();
        let report = apply_all(&bench, &g.vpn_crew, id).await.unwrap();
        assert_eq!(
            (report.services_added, report.holdings_added),
            (2_500, 2_500)
        );
    }
}
