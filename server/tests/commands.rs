//! Tenants, logins and the configuration, from the command line.

#[cfg(test)]
mod common;

#[cfg(test)]
mod tests {
    use super::common::Place;

    const PASSWORD: &str = "quatre mots mis bout";

    #[test]
    fn tenants_are_made_once_and_listed() {
        let place = Place::new();
        place
            .run(&["tenant", "create", "nuage", "--title", "Nuage libre"])
            .exits(0);
        place
            .run(&["tenant", "create", "autre", "--locale", "en"])
            .exits(0);
        let said = place.run(&["tenant", "list"]).exits(0);
        assert!(
            said.out.contains("nuage\t") && said.out.contains("\tNuage libre"),
            "{said:#?}"
        );
        assert_eq!(said.out.lines().count(), 2);
        place.run(&["tenant", "create", "nuage"]).exits(3);
        place.run(&["tenant", "create", "Not A Name"]).exits(2);
        place
            .run(&["tenant", "create", "third", "--locale", "tlh"])
            .exits(2);
        assert_eq!(
            place.run(&["tenant", "list"]).exits(0).out.lines().count(),
            2
        );
    }

    #[test]
    fn a_login_is_made_with_the_password_of_the_standard_input() {
        let place = Place::with_tenant("nuage");
        let args = ["user", "create", "tom", "--crew", "administration"];
        let said = place
            .run_with(&args, &[], &format!("{PASSWORD}\n"))
            .exits(0);
        assert!(said.out.contains("tom"), "{said:#?}");
        assert!(
            !said.out.contains(PASSWORD) && !said.err.contains(PASSWORD),
            "{said:#?}"
        );
        let said = place.run_with(&args, &[], &format!("{PASSWORD}\n"));
        assert_ne!(said.code, 0, "a login name is given once: {said:#?}");
    }

    #[test]
    fn a_bad_password_or_crew_makes_no_login() {
        let place = Place::with_tenant("nuage");
        place
            .run_with(&["user", "create", "tom"], &[], "short\n")
            .exits(2);
        place.run_with(&["user", "create", "tom"], &[], "").exits(2);
        let args = ["user", "create", "tom", "--crew", "pirates"];
        place
            .run_with(&args, &[], &format!("{PASSWORD}\n"))
            .exits(4);
        // Nothing was left of the attempts: the name is free.
        place
            .run_with(&["user", "create", "tom"], &[], &format!("{PASSWORD}\n"))
            .exits(0);
    }

    #[test]
    fn a_password_is_set_for_a_login_that_there_is() {
        let place = Place::with_tenant("nuage");
        place
            .run_with(&["user", "create", "tom"], &[], &format!("{PASSWORD}\n"))
            .exits(0);
        place
            .run_with(&["user", "password", "tom"], &[], "cinq autres mots ici\n")
            .exits(0);
        place
            .run_with(&["user", "password", "tom"], &[], "short\n")
            .exits(2);
        place
            .run_with(&["user", "password", "lea"], &[], &format!("{PASSWORD}\n"))
            .exits(4);
    }

    #[test]
    fn crews_are_made_changed_and_ended() {
        let place = Place::with_tenant("nuage");
        let crew = |args: &[&str]| place.run(&[&["crew"], args].concat());
        crew(&["create", "Banque", "--right", "payments_validate"]).exits(0);
        crew(&["create", "Banque"]).exits(2);
        crew(&["create", "Autre", "--right", "dance"]).exits(2);
        crew(&["grant", "Banque", "people", "settings"]).exits(0);
        crew(&["revoke", "Banque", "payments_validate"]).exits(0);
        crew(&["rename", "Banque", "Bureau"]).exits(0);
        let said = crew(&["list", "--tenant", "nuage"]).exits(0);
        assert_eq!(said.out.trim_end(), "Bureau\t0\tpeople settings");
        let args = ["user", "create", "ines", "--crew", "Bureau"];
        place
            .run_with(&args, &[], &format!("{PASSWORD}\n"))
            .exits(0);
        assert!(crew(&["show", "Bureau"]).exits(0).out.contains("ines\tcan"));
        // Whoever is in it is in the way, and the last who may change the settings stays.
        crew(&["delete", "Bureau"]).exits(3);
        crew(&["remove", "Bureau", "ines"]).exits(3);
        crew(&["revoke", "Bureau", "settings"]).exits(3);
        crew(&["add", "Bureau", "nobody"]).exits(4);
        crew(&["show", "Pirates"]).exits(4);
        crew(&["create", "Vide"]).exits(0);
        crew(&["add", "Vide", "ines"]).exits(0);
        crew(&["remove", "Vide", "ines"]).exits(0);
        crew(&["delete", "Vide"]).exits(0);
    }

    #[test]
    fn fields_are_declared_and_listed() {
        let place = Place::with_tenant("nuage");
        let field = |args: &[&str]| place.run(&[&["field"], args].concat());
        let size = ["create", "Taille", "--on", "member", "--kind", "choice"];
        field(&size).exits(2);
        field(&[&size[..], &["--choice", "S", "--choice", "M"]].concat()).exits(0);
        field(&["create", "Taille", "--on", "member", "--kind", "text"]).exits(2);
        field(&["create", "Taille", "--on", "robot", "--kind", "text"]).exits(2);
        let said = field(&["list"]).exits(0);
        assert_eq!(said.out.trim_end(), "member\ttaille\tchoice\tTaille");
    }

    #[test]
    fn a_login_is_disabled_enabled_and_given_a_link() {
        let place = Place::with_tenant("nuage");
        place
            .run_with(&["user", "create", "tom"], &[], &format!("{PASSWORD}\n"))
            .exits(0);
        let said = place.run(&["user", "link", "tom"]).exits(0);
        let link = said.out.lines().next().unwrap_or_default();
        let token = link.rsplit('/').next().unwrap_or_default();
        assert!(link.contains("://nuage.") && link.contains("/welcome/"));
        assert_eq!(token.len(), 64, "{link}");
        place.run(&["user", "disable", "tom"]).exits(0);
        let said = place.run(&["user", "list"]).exits(0);
        assert_eq!(said.out.trim_end(), "tom\ttom\tdisabled\tnever");
        place.run(&["user", "link", "tom"]).exits(3);
        place.run(&["user", "enable", "tom"]).exits(0);
        place.run(&["user", "link", "tom"]).exits(0);
        place.run(&["user", "disable", "personne"]).exits(4);
    }

    #[test]
    fn what_is_wrong_with_the_configuration_is_said_with_its_key() {
        let place = Place::new();
        for (key, value) in [
            ("LISTEN", "3000"),
            ("PUBLIC_SCHEME", "ftp"),
            ("BASE_DOMAIN", "http://example.org"),
            ("DEFAULT_TENANT", "A B"),
            ("DATABASE_URL", "mysql://u:secret@host/db"),
        ] {
            let said = place
                .run_with(
                    &["tenant", "list"],
                    &[(&format!("EQUIPAGE_{key}"), value)],
                    "",
                )
                .exits(2);
            assert!(said.err.contains(&key.to_lowercase()), "{said:#?}");
            assert!(!said.err.contains("secret"), "{said:#?}");
        }
        let file = place.write("own.toml", "lisen = \"127.0.0.1:3000\"\n");
        let said = place.run(&["--config", &file, "tenant", "list"]).exits(2);
        assert!(said.err.contains("lisen"), "{said:#?}");
        place
            .run(&["--config", "nowhere.toml", "tenant", "list"])
            .exits(2);
    }

    #[test]
    fn a_list_is_exported_as_its_page_would_do_it() {
        let place = Place::with_tenant("nuage");
        let file = place.write("a.csv", "Nom;Prénom\nZola;Zoé\nBenamar;Léa\n");
        place.run(&["import", &file]).exits(0);
        let to = ["export", "members", "--filter", "q=zola", "--output"];
        let out = place.path().join("zola.csv");
        let args = [&to[..], &[out.to_str().unwrap()]].concat();
        let said = place.run(&args).exits(0);
        assert!(said.out.contains("1 rows"), "{said:#?}");
        let text = std::fs::read_to_string(&out).unwrap();
        assert!(
            text.contains("Zoé;Zola") && !text.contains("Benamar"),
            "{text}"
        );
        // What is there stays.
        place.run(&args).exits(1);
        let said = place
            .run(&[&to[..], &["-", "--locale", "en"]].concat())
            .exits(0);
        assert!(said.out.contains("First name,Last name"), "{said:#?}");
        for wrong in [
            ["export", "nothing", "--format", "csv"],
            ["export", "members", "--format", "pdf"],
            ["export", "members", "--locale", "tlh"],
        ] {
            place.run(&wrong).exits(2);
        }
        let said = place.run(&["export", "audit", "-o", "-"]).exits(0);
        assert_eq!(said.out.matches("membres-").count(), 2, "{said:#?}");
    }

    #[test]
    fn operators_are_made_and_kept_out_on_the_machine() {
        let place = Place::new();
        let secret = format!("{PASSWORD}\n");
        let add = ["operator", "add", "ada", "--name", "Ada Lovelace"];
        place.run_with(&add, &[], "short\n").exits(2);
        let said = place.run_with(&add, &[], &secret).exits(0);
        assert!(!said.out.contains(PASSWORD), "{said:#?}");
        place.run_with(&add, &[], &secret).exits(2);
        let wrong = ["operator", "add", "Not A Name"];
        place.run_with(&wrong, &[], &secret).exits(2);
        place.run(&["operator", "disable", "ada"]).exits(0);
        let said = place.run(&["operator", "list", "--json"]).exits(0);
        let all: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(all.as_array().unwrap().len(), 1, "{said:#?}");
        assert_eq!(all[0]["login_name"], "ada");
        assert!(all[0]["disabled_at"].is_string() && !said.out.contains("argon2"));
        place.run(&["operator", "enable", "ada"]).exits(0);
        let passwd = ["operator", "passwd", "ada"];
        place.run_with(&passwd, &[], &secret).exits(0);
        place.run(&["operator", "end-sessions", "ada"]).exits(0);
        for command in ["disable", "enable", "end-sessions"] {
            place.run(&["operator", command, "nobody"]).exits(4);
        }
        let said = place.run(&["operator", "record"]).exits(0);
        let did = said.out.lines().filter_map(|line| line.split('\t').nth(2));
        let did: Vec<&str> = did.collect();
        let all = [
            "sessions_ended",
            "password_set",
            "enabled",
            "disabled",
            "added",
        ];
        assert_eq!(did, all, "{said:#?}");
    }

    #[test]
    fn no_tenant_takes_the_operators_address() {
        let place = Place::new();
        let host = [("EQUIPAGE_OPERATOR_HOST", "operator.localhost")];
        let create = ["tenant", "create", "operator"];
        let said = place.run_with(&create, &host, "").exits(3);
        assert!(said.err.contains("operator_host"), "{said:#?}");
        place.run_with(&create, &[], "").exits(0);
        let said = place.run_with(&["doctor"], &host, "");
        assert!(said.out.contains("reached by nobody"), "{said:#?}");
    }

    #[test]
    fn keys_of_bank_details_are_made_and_changed() {
        let place = Place::new();
        place.run(&["demo"]).exits(0);
        let file = place.path().join("data/bank.key");
        let old = std::fs::read_to_string(&file).unwrap();
        let new = place.run(&["secrets", "new"]).exits(0).out;
        // Without the old key nothing is changed, and the one that is missing is named.
        std::fs::write(&file, &new).unwrap();
        let said = place.run(&["secrets", "rotate"]).exits(2);
        assert!(said.err.contains("\"demo\""), "{said:#?}");
        std::fs::write(&file, format!("{new}{old}")).unwrap();
        let said = place.run(&["secrets", "rotate"]).exits(0);
        assert!(said.out.starts_with("1 accounts"), "{said:#?}");
        std::fs::write(&file, &new).unwrap();
        let said = place.run(&["secrets", "rotate"]).exits(0);
        assert!(said.out.starts_with("0 accounts"), "{said:#?}");
    }

    #[test]
    fn an_audit_is_verified_here_and_elsewhere_and_against_what_was_kept() {
        let place = Place::with_tenant("nuage");
        place.run(&["audit", "checkpoint"]).exits(2);
        let key = place.run(&["secrets", "new"]).exits(0).out;
        place.write("data/audit.key", &key);
        let said = place.run(&["audit", "verify"]).exits(0);
        assert!(said.out.contains("nuage: good"), "{said:#?}");
        let kept = place.run(&["audit", "checkpoint"]).exits(0).out;
        assert_eq!(kept.lines().count(), 1, "{kept}");
        let again = place.run(&["audit", "checkpoint"]).exits(0).out;
        assert_eq!(again, "", "nothing was written since");
        let public = place.run(&["audit", "public-key"]).exits(0).out;
        let secret = key.trim().rsplit(':').next().unwrap();
        assert!(
            !public.contains(secret),
            "the public key is not the secret one"
        );
        let (kept, public) = (
            place.write("kept.jsonl", &kept),
            place.write("public", &public),
        );
        let against = ["--checkpoints", &kept, "--public-keys", &public, "--json"];

        let args = [
            "export",
            "auditchain",
            "--format",
            "jsonl",
            "-o",
            "audit.jsonl",
        ];
        place.run(&args).exits(0);
        let verify = |file: &str| {
            let args = [&["audit", "verify", "--file", file], &against[..]].concat();
            place.run(&args)
        };
        let said = verify("audit.jsonl").exits(0);
        assert!(
            said.out.contains("\"good\":true") && said.out.contains("\"signed\":2"),
            "{said:#?}"
        );
        let text = std::fs::read_to_string(place.path().join("audit.jsonl")).unwrap();
        let edited = text.replacen("nuage", "orage", 2);
        assert_ne!(edited, text);
        let edited = place.write("edited.jsonl", edited);
        assert!(verify(&edited).exits(1).out.contains("\"altered\""));
        // Without its end, it has less than the checkpoint says.
        let cut: String = text.lines().take(3).map(|l| format!("{l}\n")).collect();
        assert!(
            verify(&place.write("cut.jsonl", cut))
                .exits(1)
                .out
                .contains("no_head")
        );
        let other = place.write("other", public_of(&place));
        let args = ["audit", "verify", "--public-keys", &other];
        assert!(
            place
                .run(&args)
                .exits(1)
                .out
                .contains("was not signed by a known key")
        );
        place
            .run(&["audit", "verify", "--tenant", "absent"])
            .exits(4);
        place.run(&["audit", "verify", "--file", "absent"]).exits(2);
    }

    /// A public key that signed nothing.
    fn public_of(place: &Place) -> String {
        let other = Place::new();
        let key = place.run(&["secrets", "new"]).exits(0).out;
        let env = [("EQUIPAGE_AUDIT_KEY", key.trim())];
        other
            .run_with(&["audit", "public-key"], &env, "")
            .exits(0)
            .out
    }

    #[test]
    fn the_configuration_of_a_folder_above_is_another_ones() {
        let place = Place::new();
        place.write("equipage.toml", "lisen = 1\n");
        let below = place.path().join("below");
        std::fs::create_dir(&below).unwrap();
        place.run(&["tenant", "list"]).exits(2);
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_equipage"))
            .args(["tenant", "list"])
            .current_dir(&below)
            .env_clear()
            .status();
        assert!(ran.unwrap().success());
    }
}
