//! Each use-case asks for its right before anything else: whoever has every right but that
//! one is refused. The use-cases that stand here are those that no other test refuses.
#![cfg(feature = "testing")]

#[cfg(test)]
mod tests {
    use domain::access::Actor;
    use domain::context::Cx;
    use domain::db::testing::{Bench, person_with};
    use domain::identity::{self, Hasher, Password};
    use domain::import::{self, ProblemRows};
    use domain::kernel::{Code, CrewId, ImportId, LoginName, PageRequest, PartyId, Problem, Right};
    use domain::members::{self, MembershipForm};
    use domain::people::{Doubles, PartyForm};
    use domain::settings::{self, SettingsForm};
    use domain::{audit, crews, payments::receipts};
    use uuid::Uuid;

    /// What a use-case answers to somebody.
    async fn answer<T>(
        bench: &Bench,
        actor: &Actor,
        use_case: impl AsyncFnOnce(&mut Cx) -> Result<T, Problem>,
    ) -> Option<Code> {
        let mut cx = bench.act(actor).await;
        use_case(&mut cx).await.err().map(|problem| problem.code)
    }

    macro_rules! asks_for {
        ($bench:expr, $right:expr, $use_case:expr) => {{
            let others: Vec<Right> = Right::ALL
                .iter()
                .copied()
                .filter(|r| *r != $right)
                .collect();
            let somebody = person_with(PartyId(Uuid::now_v7()), &others);
            let what = stringify!($use_case);
            assert_eq!(
                answer($bench, &somebody, $use_case).await,
                Some(Code::Forbidden { right: $right }),
                "{what}"
            );
            let nobody = Actor::nobody(String::new());
            assert_eq!(
                answer($bench, &nobody, $use_case).await,
                Some(Code::SignInNeeded),
                "{what}"
            );
        }};
    }

    macro_rules! is_for_crews {
        ($bench:expr, $use_case:expr) => {{
            let member = person_with(PartyId(Uuid::now_v7()), &[]);
            let what = stringify!($use_case);
            assert_eq!(
                answer($bench, &member, $use_case).await,
                Some(Code::NotFound),
                "{what}"
            );
            let nobody = Actor::nobody(String::new());
            assert_eq!(
                answer($bench, &nobody, $use_case).await,
                Some(Code::SignInNeeded),
                "{what}"
            );
        }};
    }

    fn key() -> String {
        Uuid::now_v7().to_string()
    }

    #[tokio::test]
    async fn whoever_has_every_right_but_the_one_is_refused() {
        let bench = &Bench::sqlite().await;
        let person = bench.a_person("Zoé", "Zola").await;
        let password = Password::parse("quatre mots mis bout").unwrap();
        let hash = &Hasher::cheap().hash(&password).await.unwrap();
        let login = || LoginName::parse("zoe").unwrap();
        let operator = Actor::operator();
        let crew: CrewId = bench
            .run(&operator, async |cx| {
                crews::create(cx, "sans droits", &[]).await
            })
            .await
            .unwrap();
        let present = bench
            .run(&operator, async |cx| settings::get(cx).await)
            .await
            .unwrap();
        let decided = &SettingsForm {
            title: "Autre".into(),
            ..SettingsForm::of(&present)
        };
        let file = "Nom\nZola\n".as_bytes();
        let file: ImportId = bench
            .run(&operator, async |cx| {
                import::upload(cx, "a.csv", file, &key()).await
            })
            .await
            .unwrap();
        let choices = &bench
            .run(&operator, async |cx| import::get(cx, file).await)
            .await
            .unwrap()
            .choices;
        let who = &PartyForm {
            key: key(),
            name: "Benamar".into(),
            ..PartyForm::default()
        };
        let since = &MembershipForm {
            joined_on: "2026-01-01".into(),
            ..MembershipForm::default()
        };

        asks_for!(bench, Right::Settings, async |cx| identity::create_login(
            cx,
            person,
            login(),
            hash
        )
        .await);
        asks_for!(bench, Right::Settings, async |cx| identity::logins(cx)
            .await);
        asks_for!(bench, Right::Settings, async |cx| settings::save(
            cx, decided
        )
        .await);
        asks_for!(bench, Right::Settings, async |cx| crews::add_person(
            cx, crew, person
        )
        .await);
        asks_for!(bench, Right::People, async |cx| members::register(
            cx,
            who,
            since,
            Doubles::Accept
        )
        .await);
        asks_for!(bench, Right::Members, async |cx| members::register(
            cx,
            who,
            since,
            Doubles::Accept
        )
        .await);
        asks_for!(bench, Right::Members, async |cx| import::set_choices(
            cx, file, choices
        )
        .await);
        asks_for!(bench, Right::Members, async |cx| import::apply(
            cx,
            file,
            ProblemRows::Refuse,
            &key(),
            &import::Progress::default()
        )
        .await);
    }

    #[tokio::test]
    async fn what_is_for_crews_is_not_there_for_members() {
        let bench = &Bench::sqlite().await;
        let person = bench.a_person("Zoé", "Zola").await;
        is_for_crews!(bench, async |cx| audit::history(cx, "party", person.0)
            .await);
        is_for_crews!(bench, async |cx| crews::find(cx, "administration").await);
        is_for_crews!(bench, async |cx| crews::list(cx).await);
        is_for_crews!(bench, async |cx| receipts::list(
            cx,
            2026,
            PageRequest::new(1)
        )
        .await);
        is_for_crews!(bench, async |cx| receipts::years(cx).await);
    }
}
