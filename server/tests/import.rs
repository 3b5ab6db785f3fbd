//! The command `import`, from outside: what it says, how it ends, what it leaves.

#[cfg(test)]
mod common;

#[cfg(test)]
mod tests {
    use super::common::{Place, Said};

    /// One of the fixtures of the import.
    fn fixture(name: &str) -> String {
        format!(
            "{}/../domain/fixtures/imports/{name}",
            env!("CARGO_MANIFEST_DIR")
        )
    }

    const GOOD: &str =
        "Numéro;Nom;E-mail;Date d'inscription\n7;Léa Benamar;lea@example.org;04/03/2024\n";
    const BROKEN_ROW: &str = "Numéro;Nom;E-mail;Date d'inscription\n\
        7;Léa Benamar;lea@example.org;04/03/2024\n\
        8;Tom Petit;tom@example.org;31/02/2024\n";

    #[track_caller]
    fn says(said: &Said, lines: &[&str]) {
        for line in lines {
            assert!(said.out.contains(line), "{line:?} is missing in {said:#?}");
        }
    }

    #[test]
    fn members_come_in_once() {
        let place = Place::with_tenant("nuage");
        let file = fixture("paheko-members.csv");
        let said = place.run(&["import", &file]).exits(0);
        says(
            &said,
            &[
                "501 rows, read as Paheko",
                "501 new members",
                "0 members already there",
            ],
        );
        let said = place.run(&["import", &file]).exits(0);
        says(&said, &["  0 new members", "501 members already there"]);
    }

    #[test]
    fn an_import_is_listed_and_taken_back() {
        let place = Place::with_tenant("nuage");
        let file = fixture("paheko-subscriptions.csv");
        place.run(&["import", "--amount", "45", &file]).exits(0);
        let said = place.run(&["import", "--list"]).exits(0);
        says(&said, &["\tapplied\t500 members\t500 payments\t"]);
        let id = said.out.split('\t').next().unwrap().to_owned();
        let said = place.run(&["import", "--undo", &id]).exits(0);
        says(
            &said,
            &["undone: 500 members, 500 people and 500 payments are gone"],
        );
        let said = place.run(&["import", "--list"]).exits(0);
        says(&said, &["\tundone\t500 members"]);
        place.run(&["import", "--undo", &id]).exits(3);
        place.run(&["import", "--undo", "nothing"]).exits(4);
        let said = place.run(&["import", &file]).exits(0);
        // The amount was chosen for the first file: the next one like it has it too.
        says(
            &said,
            &["What the columns mean is taken", "€22,500.00 in all"],
        );
    }

    #[test]
    fn a_program_that_is_killed_leaves_nothing_half() {
        let place = Place::with_tenant("nuage");
        let row = |n: usize| format!("{n};Given Name{n};m{n}@example.org;01/02/2024;25\n");
        let rows: String = (0..3_000).map(row).collect();
        let head = "Numéro de membre;Membre;E-mail;Date d'inscription;Montant\n";
        let file = place.write("many.csv", format!("{head}{rows}"));
        let mut kept = false;
        for millis in [30, 100, 200, 300, 450, 600, 800, 1_000] {
            let mut child = place.start(&["import", &file], &[]);
            std::thread::sleep(std::time::Duration::from_millis(millis));
            child.kill().unwrap();
            child.wait().unwrap();
            let said = place.run(&["import", "--list"]).exits(0);
            kept = kept || said.out.contains("3000 members\t3000 payments");
            assert_eq!(said.out.is_empty(), !kept, "{said:#?}");
        }
        let said = place.run(&["import", &file]).exits(0);
        let new = if kept { 0 } else { 3_000 };
        says(
            &said,
            &[
                &format!("  {new} new members"),
                &format!("  {new} payments, to be validated"),
                &format!("  {} members already there", 3_000 - new),
            ],
        );
    }

    #[test]
    fn one_bad_row_stops_everything_and_is_named() {
        let place = Place::with_tenant("nuage");
        let file = place.write("broken.csv", BROKEN_ROW);
        let said = place.run(&["import", &file]).exits(2);
        says(
            &said,
            &["line 3: « 31/02/2024 » — ", "(column Date d'inscription)"],
        );
        assert!(said.err.contains("Nothing was imported"), "{said:#?}");
        let file = place.write("good.csv", GOOD);
        let said = place.run(&["import", "--dry-run", &file]).exits(0);
        says(&said, &["  1 new members"]);
    }

    #[test]
    fn bad_rows_stay_out_where_that_is_asked() {
        let place = Place::with_tenant("nuage");
        let file = place.write("broken.csv", BROKEN_ROW);
        let said = place.run(&["import", "--skip-problems", &file]).exits(0);
        says(
            &said,
            &[
                "line 3: ",
                "  1 new members",
                "  1 rows with problems, left out",
            ],
        );
    }

    #[test]
    fn a_dry_run_changes_nothing() {
        let place = Place::with_tenant("nuage");
        let file = place.write("good.csv", GOOD);
        for _ in 0..2 {
            let said = place.run(&["import", "--dry-run", &file]).exits(0);
            says(&said, &["would import:", "  1 new members"]);
        }
        let file = place.write("broken.csv", BROKEN_ROW);
        place.run(&["import", "--dry-run", &file]).exits(2);
    }

    #[test]
    fn the_amount_makes_payments_of_what_is_only_said_to_be_paid() {
        let place = Place::with_tenant("nuage");
        let file = fixture("paheko-subscriptions.csv");
        let said = place.run(&["import", "--amount", "30", &file]).exits(0);
        says(
            &said,
            &[
                "  500 new members",
                "  500 payments, to be validated",
                "€15,000.00 in all",
            ],
        );
        let said = place.run(&["import", "--amount", "dear", &file]).exits(2);
        assert!(said.err.contains("--amount"), "{said:#?}");
    }

    #[test]
    fn what_is_no_readable_file_is_refused() {
        let place = Place::with_tenant("nuage");
        let said = place.run(&["import", "nowhere.csv"]).exits(4);
        assert!(said.err.contains("nowhere.csv"), "{said:#?}");
        for (name, content) in [
            ("empty.csv", &b""[..]),
            ("sheet.csv", b"PK\x03\x04 and so on"),
            ("quote.csv", b"Nom;E-mail\n\"open;x\n"),
        ] {
            let file = place.write(name, content);
            place.run(&["import", &file]).exits(2);
        }
    }

    #[test]
    fn the_tenant_is_named_where_there_are_several() {
        let place = Place::with_tenant("nuage");
        place.run(&["tenant", "create", "autre"]).exits(0);
        let file = place.write("good.csv", GOOD);
        let said = place.run(&["import", &file]).exits(2);
        assert!(said.err.contains("--tenant"), "{said:#?}");
        place.run(&["import", "--tenant", "autre", &file]).exits(0);
        let said = place.run(&["import", "--tenant", "nuage", &file]).exits(0);
        says(&said, &["  1 new members"]);
        place.run(&["import", "--tenant", "nobody", &file]).exits(4);
    }
}
