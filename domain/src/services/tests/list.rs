//! The list says of each service what its own page says.

use super::*;

both_engines! {
    async fn the_list_says_of_each_service_what_the_rules_say(bench: Bench) {
        let g = ground(&bench).await;
        let today = day("2026-06-01");
        let crew = &g.vpn_crew;
        in_stock(&bench, crew, g.vpn, "a stock").await;
        held(&bench, &g, "b never paid", "2026-01-01").await;
        let paid = held(&bench, &g, "c paid", "2026-05-15").await;
        held(&bench, &g, "d to come", "2026-07-01").await;
        let free = NewServiceForm {
            member: g.member.to_string(), from_on: "2026-01-01".into(), amount: "0".into(), reason: "bénévole".into(), ..stock(g.vpn, "e free")
        };
        let over = NewServiceForm {
            member: g.member.to_string(), from_on: "2026-01-01".into(), until_on: "2026-05-31".into(), ..stock(g.vpn, "f over")
        };
        let late = held(&bench, &g, "g late", "2026-04-01").await;
        let closed = in_stock(&bench, crew, g.vpn, "h closed").await;
        bench.run(crew, async |cx| {
            add(cx, &free).await?;
            add(cx, &over).await?;
            let close = ServiceForm { version: "1".into(), label: "h closed".into(), closed_on: "2026-06-01".into(), ..ServiceForm::default() };
            save(cx, closed, &close).await
        }).await.unwrap();
        for id in [paid, late] {
            let payment = paying::enter(&bench, crew, id).await;
            let key = key();
            bench.run(&g.bank, async |cx| crate::payments::validate(cx, &[payment], &key).await).await.unwrap();
        }
        let mut cx = bench.view(crew).await;
        let page = list(&mut cx, &ServiceFilter::default(), PageRequest::new(1)).await.unwrap();
        assert_eq!(page.rows.len(), 8);
        for row in &page.rows {
            let known = known(&mut cx, row.id).await.unwrap();
            assert_eq!(row.state, known.state(today), "{}", row.label);
            let paid = known.held_on(today).map(|held| held.standing(today));
            assert_eq!(row.holder.as_ref().map(|h| h.paid), paid, "{}", row.label);
        }
        let names = async |cx: &mut crate::context::Cx, query: ServiceQuery| {
            let page = list(cx, &query.filter(), query.page()).await.unwrap();
            // A file has the same rows, whose parts join up.
            let mut rows = list_behind(cx, &query.filter(), 0, 2).await.unwrap();
            rows.extend(list_behind(cx, &query.filter(), 2, 100).await.unwrap());
            assert_eq!(rows, page.rows);
            page.rows.into_iter().map(|row| row.label[..1].to_owned()).collect::<String>()
        };
        let state = |state: &str| ServiceQuery { state: state.into(), ..ServiceQuery::default() };
        assert_eq!(names(&mut cx, state("available")).await, "adf");
        assert_eq!(names(&mut cx, state("in_use")).await, "bceg");
        assert_eq!(names(&mut cx, state("late")).await, "bg");
        assert_eq!(names(&mut cx, state("closed")).await, "h");
        let first = ServiceQuery { first: "free".into(), ..ServiceQuery::default() };
        assert_eq!(names(&mut cx, first).await, "adfbcegh");
        let word = ServiceQuery { q: "LÉA pa".into(), ..ServiceQuery::default() };
        assert_eq!(names(&mut cx, word).await, "bc");
        // Few fit one word: the other one narrows these further.
        for (words, fit) in [("paid never", "b"), ("paid elsewhere", "")] {
            let word = ServiceQuery { q: words.into(), ..ServiceQuery::default() };
            assert_eq!(names(&mut cx, word).await, fit, "{words}");
        }
        let counts = counts(&mut cx).await.unwrap().unwrap();
        assert_eq!((counts.available, counts.in_use, counts.late, counts.closed), (3, 4, 2, 1));
    }
}
