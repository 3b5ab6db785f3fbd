//! What the command line says of an installation, and the copy that it makes of one.

#[cfg(test)]
mod common;

#[cfg(test)]
mod tests {
    use super::common::Place;
    use std::os::unix::fs::PermissionsExt;

    const PASSWORD: &str = "quatre mots mis bout\n";

    fn installed() -> Place {
        let place = Place::with_tenant("nuage");
        let args = ["user", "create", "ines", "--crew", "administration"];
        place.run_with(&args, &[], PASSWORD).exits(0);
        place
    }

    #[test]
    fn a_sound_installation_is_said_to_be_sound_and_is_left_as_it_is() {
        let place = installed();
        let said = place.run(&["doctor"]).exits(0);
        assert!(!said.out.contains("WRONG"), "{said:#?}");
        for check in ["portal.db is whole", "nuage answers at", "1 can administer"] {
            assert!(said.out.contains(check), "{check}: {said:#?}");
        }
        let said = place.run(&["doctor", "--json"]).exits(0);
        let found: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        let states = found.as_array().unwrap().iter().map(|f| &f["state"]);
        assert!(states.into_iter().all(|s| s == "fine" || s == "note"));
    }

    #[test]
    fn what_is_wrong_is_said_with_how_to_mend_it() {
        // Nothing there yet; nothing is made by looking.
        let place = Place::new();
        place.run(&["doctor"]).exits(1);
        assert!(!place.path().join("data").exists());
        // Nobody who administers.
        let place = Place::with_tenant("nuage");
        let said = place.run(&["doctor"]).exits(1);
        assert!(said.out.contains("equipage user create"), "{said:#?}");
        // A configuration that cannot be read.
        place.write("equipage.toml", "lisen = 1\n");
        let said = place.run(&["doctor", "--json"]).exits(1);
        assert!(said.out.contains("lisen"), "{said:#?}");
    }

    #[test]
    fn the_folders_of_plugins_are_looked_at() {
        let place = installed();
        let commands = place.path().join("commands");
        std::fs::create_dir(&commands).unwrap();
        let mode = |mode| std::fs::set_permissions(&commands, PermissionsExt::from_mode(mode));
        mode(0o755).unwrap();
        let env = [
            ("EQUIPAGE_PLUGINS__COMMANDS", commands.to_str().unwrap()),
            ("EQUIPAGE_PLUGINS__EXTRACTIONS", "files"),
        ];
        let said = place.run_with(&["doctor"], &env, "").exits(0);
        assert!(
            said.out.contains("programs are in") && said.out.contains("files is not there yet"),
            "{said:#?}"
        );
        mode(0o777).unwrap();
        let said = place.run_with(&["doctor"], &env, "").exits(1);
        assert!(said.out.contains("chmod go-w"), "{said:#?}");
        let lost = [
            ("EQUIPAGE_PLUGINS__COMMANDS", "nowhere"),
            ("EQUIPAGE_PLUGINS__ACCOUNTS", "/proc/accounts"),
        ];
        let said = place.run_with(&["doctor"], &lost, "").exits(1);
        assert!(
            said.out.contains("make the folder") && said.out.contains("/proc/accounts"),
            "{said:#?}"
        );
    }

    #[test]
    fn a_backup_is_put_back_and_is_the_same() {
        let place = installed();
        place.run(&["backup", "one"]).exits(0);
        place.run(&["backup", "one"]).exits(2);
        place.run(&["tenant", "create", "autre"]).exits(0);
        std::fs::remove_dir_all(place.path().join("data")).unwrap();
        std::fs::rename(place.path().join("one"), place.path().join("data")).unwrap();
        let said = place.run(&["tenant", "list"]).exits(0);
        assert_eq!(said.out.lines().count(), 1, "{said:#?}");
        place.run(&["doctor"]).exits(0);
        // PostgreSQL has its own way.
        let env = [("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")];
        let said = place.run_with(&["backup", "two"], &env, "").exits(2);
        assert!(said.err.contains("pg_dump"), "{said:#?}");
        let said = place.run_with(&["doctor"], &env, "").exits(1);
        assert!(said.out.contains("PostgreSQL does not open"), "{said:#?}");
    }
}
