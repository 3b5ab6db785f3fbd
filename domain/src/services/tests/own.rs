//! Fields of the organisation's own on services, their types and crews.

use super::*;
use crate::crews::{self, CrewForm};
use crate::db::testing::somebody_with;
use crate::fields::{self, Extra, FieldForm, Has, On};

async fn declare(bench: &Bench, on: On, label: &str, form: FieldForm) {
    let form = FieldForm {
        key: key(),
        on: on.name().into(),
        kind: "text".into(),
        label: label.into(),
        ..form
    };
    let admin = somebody_with(Right::ALL);
    bench
        .run(&admin, async |cx| fields::add(cx, &form).await)
        .await
        .unwrap();
}

async fn kept(
    bench: &Bench,
    actor: &Actor,
    what: Has,
    object: Uuid,
) -> Vec<(String, Option<String>)> {
    let filled = fields::filled(&mut bench.view(actor).await, what, Some(object))
        .await
        .unwrap();
    filled
        .into_iter()
        .map(|one| (one.field.slug, one.value))
        .collect()
}

both_engines! {
    async fn a_field_of_one_type_is_on_the_services_of_that_type_only(bench: Bench) {
        let g = ground(&bench).await;
        let nowhere = FieldForm { key: key(), on: "service".into(), kind: "text".into(), label: "X".into(), of_type: Uuid::now_v7().to_string(), ..FieldForm::default() };
        let admin = somebody_with(Right::ALL);
        let refused = bench.run(&admin, async |cx| fields::add(cx, &nowhere).await).await.unwrap_err();
        assert_eq!(refused.field("of_type"), Some(&Code::UnknownChoice));
        declare(&bench, On::Service, "Baie", FieldForm { required: "yes".into(), ..FieldForm::default() }).await;
        declare(&bench, On::Service, "Port", FieldForm { of_type: g.vpn.to_string(), ..FieldForm::default() }).await;

        let typed = Extra::default().with("baie", "12").with("port", "eth0");
        let add = async |actor: &Actor, form: NewServiceForm| bench.run(actor, async |cx| super::super::add(cx, &form).await).await;
        let vpn = add(&g.vpn_crew, NewServiceForm { extra: typed.clone(), ..stock(g.vpn, "vpn-1") }).await.unwrap();
        let site = add(&g.hosting_crew, NewServiceForm { extra: typed.clone(), ..stock(g.hosting, "site-1") }).await.unwrap();
        let some = |text: &str| Some(text.to_owned());
        let of = async |actor: &Actor, kind, id: ServiceId| kept(&bench, actor, Has::service(kind), id.0).await;
        assert_eq!(of(&g.vpn_crew, g.vpn, vpn).await, [("baie".to_owned(), some("12")), ("port".to_owned(), some("eth0"))]);
        assert_eq!(of(&g.hosting_crew, g.hosting, site).await, [("baie".to_owned(), some("12"))]);
        // What is wrong with a service and with its fields is said at once.
        let refused = add(&g.vpn_crew, NewServiceForm { extra: Extra::default().with("baie", ""), ..stock(g.vpn, "") }).await.unwrap_err();
        assert_eq!(refused.field("label"), Some(&Code::Required));
        assert_eq!(refused.field("extra_baie"), Some(&Code::Required));

        // A change of a field alone is a change of the service, audited with it.
        let service = get(&mut bench.view(&g.vpn_crew).await, vpn).await.unwrap();
        let form = ServiceForm { extra: typed.with("port", "eth1"), ..ServiceForm::of(&service) };
        bench.run(&g.vpn_crew, async |cx| save(cx, vpn, &form).await).await.unwrap();
        let history = crate::audit::history(&mut bench.view(&g.vpn_crew).await, "service", vpn.0).await.unwrap();
        let changed = history.iter().find(|entry| entry.action == "changed").unwrap();
        assert_eq!(changed.before.as_ref().unwrap()["extra"]["Port"], "eth0");
        assert_eq!(changed.after.as_ref().unwrap()["extra"]["Port"], "eth1");
        assert_eq!(changed.after.as_ref().unwrap()["label"], "vpn-1");

        // A crew finds its own services by them; another crew's fields ask it nothing.
        bench.run(&g.vpn_crew, async |cx| super::super::add(cx, &stock(g.vpn, "vpn-2")).await).await.unwrap();
        let labels = async |actor: &Actor, extra: Extra, without: &str| {
            let filter = ServiceFilter { extra, without: without.into(), ..ServiceFilter::default() };
            let mut cx = bench.view(actor).await;
            let page = list(&mut cx, &filter, crate::kernel::PageRequest::new(1)).await.unwrap();
            let behind = list(&mut cx, &filter, crate::kernel::PageRequest::new(9)).await.unwrap();
            assert_eq!(behind.total, page.total);
            page.rows.into_iter().map(|row| row.label).collect::<Vec<_>>()
        };
        let port = |text: &str| Extra::default().with("port", text);
        assert_eq!(labels(&g.vpn_crew, port("ETH1"), "").await, ["vpn-1"]);
        assert_eq!(labels(&g.vpn_crew, port("eth0"), "").await, Vec::<String>::new());
        assert_eq!(labels(&g.vpn_crew, Extra::default(), "port").await, ["vpn-2"]);
        assert_eq!(labels(&g.vpn_crew, Extra::default().with("baie", "12"), "").await, ["vpn-1"]);
        assert_eq!(labels(&g.hosting_crew, Extra::default().with("baie", "12"), "").await, ["site-1"]);
        assert_eq!(labels(&g.hosting_crew, port("nothing"), "").await, ["site-1"]);
        assert_eq!(labels(&g.hosting_crew, Extra::default(), "port").await, ["site-1"]);
    }

    async fn types_of_services_and_crews_have_fields_that_are_audited_with_them(bench: Bench) {
        let g = ground(&bench).await;
        declare(&bench, On::ServiceType, "Fournisseur", FieldForm::default()).await;
        declare(&bench, On::Crew, "Salle", FieldForm::default()).await;
        let admin = somebody_with(Right::ALL);
        let kind = get_type(&mut bench.view(&g.vpn_crew).await, g.vpn).await.unwrap();
        let today = day("2026-06-01");
        let form = TypeForm { extra: Extra::default().with("fournisseur", "ACME"), ..TypeForm::of(&kind, today, crate::kernel::Locale::Fr) };
        bench.run(&admin, async |cx| save_type(cx, g.vpn, &form).await).await.unwrap();
        let of_type = kept(&bench, &g.vpn_crew, On::ServiceType.into(), g.vpn.0).await;
        assert_eq!(of_type, [("fournisseur".to_owned(), Some("ACME".to_owned()))]);

        let form = CrewForm { key: key(), name: "Radio".into(), extra: Extra::default().with("salle", "B 12"), ..CrewForm::default() };
        let crew = bench.run(&admin, async |cx| crews::add(cx, &form).await).await.unwrap();
        assert_eq!(kept(&bench, &admin, On::Crew.into(), crew.0).await[0].1.as_deref(), Some("B 12"));
        let present = crews::get(&mut bench.view(&admin).await, crew).await.unwrap();
        let form = CrewForm { extra: Extra::default().with("salle", "C"), ..CrewForm::of(&present) };
        bench.run(&admin, async |cx| crews::save(cx, crew, &form).await).await.unwrap();
        bench.run(&admin, async |cx| crews::delete(cx, crew).await).await.unwrap();
        // What was kept goes with its crew: the field is empty again, and the audit has it.
        assert_eq!(kept(&bench, &admin, On::Crew.into(), crew.0).await[0].1, None);
        let history = crate::audit::history(&mut bench.view(&admin).await, "crew", crew.0).await.unwrap();
        let deleted = history.iter().find(|entry| entry.action == "deleted").unwrap();
        assert_eq!(deleted.before.as_ref().unwrap()["extra"]["Salle"], "C");
    }
}
