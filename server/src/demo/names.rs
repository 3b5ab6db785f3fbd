//! Names, streets and towns of the demonstration. None is a real person's record:
//! they are drawn from lists; numbers and mail domains are those kept for examples
//! (RFC 2606; ARCEP's numbers for fiction).

use domain::kernel::text::fold;

/// Somebody who may become a member.
pub struct Somebody {
    /// `person` or `organisation`.
    pub kind: &'static str,
    /// Empty for an organisation.
    pub given_name: String,
    /// Family name, or the organisation's.
    pub name: String,
    /// Always in `example.org`.
    pub email: String,
    /// May be empty.
    pub phone: String,
    /// Number and street.
    pub street: String,
    /// The town's.
    pub postcode: &'static str,
    /// The town.
    pub city: &'static str,
}

const GIVEN: &[&str] = &[
    "Aïcha",
    "Alban",
    "Amélie",
    "Anselme",
    "Aurore",
    "Bastien",
    "Bérénice",
    "Camille",
    "Chantal",
    "Dragan",
    "Élise",
    "Emre",
    "Fatoumata",
    "Félix",
    "Giulia",
    "Gwenaël",
    "Hélène",
    "Hiroshi",
    "Ingrid",
    "Ioana",
    "Jérôme",
    "Joaquín",
    "Kader",
    "Katarzyna",
    "Laurène",
    "Liam",
    "Mehdi",
    "Mireille",
    "Nadège",
    "Nikos",
    "Océane",
    "Olamide",
    "Pascal",
    "Prune",
    "Quentin",
    "Rania",
    "Raphaël",
    "Rosalía",
    "Salomé",
    "Sigrún",
    "Solène",
    "Tomasz",
    "Théophile",
    "Ulysse",
    "Violette",
    "Wafa",
    "Xavier",
    "Yann",
    "Yusuf",
    "Zélie",
    "Zoltán",
    "Đỗ",
    "Minh Khai",
    "Łucja",
    "Søren",
];

const FAMILY: &[&str] = &[
    "Abadie",
    "Achour",
    "Almeida",
    "Andrieu",
    "Arnal",
    "Baptiste",
    "Barthès",
    "Bouaziz",
    "Bureau",
    "Cazenave",
    "Chevalier",
    "Cissé",
    "Costa",
    "Couderc",
    "D’Angelo",
    "Da Silva",
    "Delmas",
    "De La Tour-Maubourg",
    "Diallo",
    "Dupuy",
    "Escande",
    "Fabre",
    "Ferrand",
    "Fischer",
    "Fournié",
    "Garrigues",
    "González",
    "Grzegorczyk",
    "Haddad",
    "Hoareau",
    "Ibáñez",
    "Jørgensen",
    "Kowalski",
    "Labarthe",
    "Lefèvre",
    "Le Goff",
    "Lindholm",
    "Marek",
    "Mazars",
    "N’Diaye",
    "Nguyễn",
    "Novák",
    "O’Connor",
    "Öztürk",
    "Papadopoulos",
    "Péchalat",
    "Pons",
    "Rivière",
    "Rouquette",
    "Sabatier",
    "Sánchez",
    "Şahin",
    "Tanaka",
    "Tessier",
    "Trabelsi",
    "Vanhoutte",
    "Vidal",
    "Wójcik",
    "Ýmir",
    "Zimmermann",
    "Zouari",
];

const ORGANISATIONS: &[&str] = &[
    "Café associatif Le Pavé",
    "Collectif des Jardins partagés de Borderouge",
    "ACME asso",
    "Coopérative La Ruche",
    "Radio Garonne",
    "Théâtre de la Passerelle",
    "Compagnie du Pas de côté",
    "Mairie de Saint-Orens",
    "École de musique de Blagnac",
    "Atelier vélo du Canal",
    "Association pour la culture et le multimédia en milieu rural du Haut-Comminges",
    "Les Amis du cinéma",
    "Ressourcerie du Faubourg",
    "Club d’échecs de Colomiers",
    "Épicerie solidaire des Minimes",
    "Fablab Artilect",
    "Chorale À tout va",
    "Ludothèque du Lauragais",
];

const STREETS: &[&str] = &[
    "rue des Arts",
    "allée de Brienne",
    "rue du Taur",
    "avenue de Muret",
    "chemin de la Loge",
    "place des Carmes",
    "impasse du Moulin",
    "boulevard de la Gare",
    "rue Peyrolières",
    "route de Narbonne",
    "quai de Tounis",
];

const TOWNS: &[(&str, &str)] = &[
    ("31000", "Toulouse"),
    ("31000", "Toulouse"),
    ("31200", "Toulouse"),
    ("31400", "Toulouse"),
    ("31700", "Blagnac"),
    ("31770", "Colomiers"),
    ("31650", "Saint-Orens"),
    ("31520", "Ramonville"),
    ("81000", "Albi"),
    ("09000", "Foix"),
    ("82000", "Montauban"),
    ("32000", "Auch"),
    ("65000", "Tarbes"),
];

fn pick<T: Copy>(list: &[T], n: u64) -> Option<T> {
    let len = u64::try_from(list.len()).ok()?;
    list.get(usize::try_from(n % len.max(1)).ok()?).copied()
}

/// The `n`th somebody; every eighteenth or so is an organisation.
pub fn somebody(n: usize, draw: &mut impl FnMut(u64) -> u64) -> Somebody {
    let (postcode, city) = pick(TOWNS, draw(97)).unwrap_or(("31000", "Toulouse"));
    let street = format!(
        "{} {}",
        1 + draw(140),
        pick(STREETS, draw(89)).unwrap_or_default()
    );
    let organisation = (n % 18 == 4)
        .then(|| pick(ORGANISATIONS, (n / 18) as u64))
        .flatten();
    let (kind, given_name, name) = match organisation {
        Some(name) if n / 18 < ORGANISATIONS.len() => ("organisation", "", name),
        _ => (
            "person",
            pick(GIVEN, draw(983)).unwrap_or_default(),
            pick(FAMILY, draw(991)).unwrap_or_default(),
        ),
    };
    let mut local: String = fold(&format!("{given_name}.{name}"))
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '.' })
        .collect();
    while local.contains("..") {
        local = local.replace("..", ".");
    }
    let local: String = local.trim_matches('.').chars().take(50).collect();
    let local = local.trim_end_matches('.');
    // 06 39 98 xx xx: numbers that are never given to anybody (ARCEP, decision 2009-0637).
    let phone = match draw(3) {
        0 => String::new(),
        _ => format!("06 39 98 {:02} {:02}", draw(100), draw(100)),
    };
    Somebody {
        kind,
        given_name: given_name.to_owned(),
        name: name.to_owned(),
        email: format!("{local}.{n}@example.org"),
        phone,
        street,
        postcode,
        city,
    }
}
