//! A mailing list for each crew, in Mailman 3 by its REST interface. Who is in a crew and has an e-mail is
//! subscribed to its list, and no more when they have left. Whom a list's owner has subscribed by hand stays.
//!
//! Whose a list is stands in the list itself (its `info`, in a line of ours): what was kept is written after the
//! list was made, and a worker may be killed between the two.

mod client;

use self::client::{Mailman, Mark, Role};
use super::http::Reach;
use domain::kernel::Code;
use domain::plugins::{
    Answer, Call, Crew, DeclaredField, Description, Drift, Extra, Failure, Gone, Holds, Object,
    ObjectKind, Program, Said, Saved, Setting, Settings, TIME_LIMIT_MAX, unix,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

/// How lists are made where nothing else was said: nobody outside reads them.
const STYLE: &str = "private-default";
/// What a crew's field says where it is to have no list.
const NONE: &str = "-";
/// How many digits of an address's hash are kept.
const HASH_DIGITS: usize = 10;

const fn text(key: &'static str, label: Said, help: Said, is_required: bool) -> Setting {
    Setting {
        key,
        label,
        help,
        holds: Holds::Text,
        is_required,
    }
}

static DESCRIPTION: Description = Description {
    kind: "lists",
    name: Said {
        fr: "Listes de diffusion (Mailman 3)",
        en: "Mailing lists (Mailman 3)",
    },
    about: Said {
        fr: "Une liste par équipe, avec ses membres.",
        en: "A list for each crew, with its people.",
    },
    wants: &[ObjectKind::Crew],
    settings: &[
        text(
            "url",
            Said {
                fr: "Adresse de l’interface REST",
                en: "Address of the REST interface",
            },
            Said {
                fr: "Par exemple http://127.0.0.1:8001/3.1. Les machines privées demandent l’accord de qui tient le serveur.",
                en: "For example http://127.0.0.1:8001/3.1. Private machines need the consent of whoever runs the server.",
            },
            true,
        ),
        text(
            "user",
            Said {
                fr: "Identifiant",
                en: "User",
            },
            Said {
                fr: "admin_user dans mailman.cfg.",
                en: "admin_user in mailman.cfg.",
            },
            true,
        ),
        Setting {
            key: "password",
            label: Said {
                fr: "Mot de passe",
                en: "Password",
            },
            help: Said {
                fr: "admin_pass dans mailman.cfg.",
                en: "admin_pass in mailman.cfg.",
            },
            holds: Holds::Secret,
            is_required: true,
        },
        text(
            "domain",
            Said {
                fr: "Domaine des listes",
                en: "Domain of the lists",
            },
            Said {
                fr: "Par exemple lists.example.org. Mailman doit le connaître.",
                en: "For example lists.example.org. Mailman must know it.",
            },
            true,
        ),
        text(
            "style",
            Said {
                fr: "Style des nouvelles listes",
                en: "Style of new lists",
            },
            Said {
                fr: "private-default si rien n’est écrit.",
                en: "private-default where nothing is said.",
            },
            false,
        ),
    ],
    fields: &[DeclaredField {
        on: domain::fields::On::Crew,
        slug: "list",
        label: Said {
            fr: "Liste de diffusion",
            en: "Mailing list",
        },
        help: Said {
            fr: "Ce qui précède l’arobase. Rien : le nom de l’équipe. « - » : pas de liste.",
            en: "What stands before the at sign. Nothing: the crew’s name. “-”: no list.",
        },
    }],
};

/// The plugin.
pub struct Lists {
    reach: Reach,
}

/// What it keeps of a crew.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    /// The list's address.
    list: String,
    /// Whether it was made here: then it goes with the crew.
    made: bool,
    /// Whom it has subscribed: hashes, so that no address stays when its owner is erased.
    ours: BTreeSet<String>,
}

impl Kept {
    fn has(&self, email: &str) -> bool {
        self.ours.contains(&hash(&self.list, email))
    }
}

fn read_kept(kept: Option<&Value>) -> Option<Kept> {
    serde_json::from_value(kept?.clone()).ok()
}

fn hash(list: &str, email: &str) -> String {
    let all = hex::encode(Sha256::digest(format!("{list} {email}")));
    all.chars().take(HASH_DIGITS).collect()
}

/// What stands before the at sign; nothing where the crew is to have no list.
fn local_name(crew: &Crew) -> Result<Option<String>, Failure> {
    let own = crew.fields.get("list").map_or("", |own| own.trim());
    if own == NONE {
        return Ok(None);
    }
    let is_plain =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
    let edges = ['.', '-'];
    let is_name = |name: &str| {
        (1..=63).contains(&name.len())
            && name.bytes().all(is_plain)
            && !name.starts_with(edges)
            && !name.ends_with(edges)
            && !name.contains("..")
    };
    let name = match own.is_empty() {
        true => unix::host_name(&crew.name),
        false => own.to_lowercase(),
    };
    match is_name(&name) {
        true => Ok(Some(name)),
        false => Err(Failure::permanent(
            "this makes no name for a list: a-z, 0-9, and . _ - between them",
        )),
    }
}

/// The addresses of a crew, each once, with who has it.
fn wanted(crew: &Crew) -> std::collections::BTreeMap<String, &str> {
    let people = crew.people.iter();
    people
        .filter_map(|one| Some((one.email.as_ref()?.to_lowercase(), one.label.as_str())))
        .collect()
}

/// Makes the list where it is missing, and says whether it was made here.
async fn ensure(
    mailman: &Mailman,
    list: &str,
    crew: &Crew,
    call: &Call,
    kept: Option<&Kept>,
) -> Result<bool, Failure> {
    let mark = |made| Mark {
        made,
        crew: crew.id,
        plugin: call.plugin.0,
    };
    let Some(info) = mailman.info(list).await? else {
        let style = Some(call.setting("style")).filter(|style| !style.is_empty());
        mailman.create(list, style.unwrap_or(STYLE)).await?;
        let name: String = crew.name.chars().filter(|c| !c.is_control()).collect();
        let info = mark(true).put("");
        let about = [
            ("info", info.as_str()),
            ("display_name", name.trim()),
            ("send_welcome_message", "false"),
        ];
        mailman.change(list, &about).await?;
        return Ok(true);
    };
    match Mark::find(&info) {
        Some(there) if there.crew == crew.id => Ok(there.made),
        Some(_) => Err(Failure::permanent(format!(
            "the list {list} is another crew's"
        ))),
        None => {
            // Somebody's own list, or one of ours whose mark was taken away.
            let made = kept.is_some_and(|kept| kept.made && kept.list == list);
            let info = mark(made).put(&info);
            mailman.change(list, &[("info", &info)]).await?;
            Ok(made)
        }
    }
}

/// Gives the new list those of the old one that are not here by the crew.
async fn carry_over(mailman: &Mailman, old: &Kept, list: &str) -> Result<(), Failure> {
    for role in [Role::Owner, Role::Moderator, Role::Member] {
        for email in mailman.roster(&old.list, role).await? {
            if role != Role::Member || !old.has(&email) {
                mailman.subscribe(list, &email, "", role).await?;
            }
        }
    }
    Ok(())
}

/// Takes a list away, or of a list that was there before those whom it was given.
async fn take_away(mailman: &Mailman, kept: &Kept, crew: Option<Uuid>) -> Result<(), Failure> {
    let Some(info) = mailman.info(&kept.list).await? else {
        return Ok(());
    };
    let mark = Mark::find(&info);
    if let (Some(crew), Some(mark)) = (crew, &mark)
        && mark.crew != crew
    {
        return Ok(()); // By now it is another crew's.
    }
    if kept.made {
        return mailman.remove(&kept.list).await;
    }
    for email in mailman.roster(&kept.list, Role::Member).await? {
        if kept.has(&email) {
            mailman.unsubscribe(&kept.list, &email).await?;
        }
    }
    let rest = Mark::without(&info);
    mailman.change(&kept.list, &[("info", &rest)]).await
}

async fn save(
    mailman: &Mailman,
    call: &Call,
    crew: &Crew,
    kept: Option<Kept>,
) -> Result<Saved, Failure> {
    let Some(name) = local_name(crew)? else {
        if let Some(kept) = kept {
            take_away(mailman, &kept, Some(crew.id)).await?;
        }
        return Ok(Saved::default());
    };
    let list = mailman.address(&name);
    let made = ensure(mailman, &list, crew, call, kept.as_ref()).await?;
    let old = kept.as_ref().filter(|kept| kept.list != list);
    if let Some(old) = old.filter(|old| old.made) {
        carry_over(mailman, old, &list).await?;
    }
    let mut now = Kept {
        list,
        made,
        ours: BTreeSet::new(),
    };
    let wanted = wanted(crew);
    let there = mailman.roster(&now.list, Role::Member).await?;
    let mut output = String::new();
    for (email, label) in &wanted {
        let is_in = there.contains(email)
            || mailman
                .subscribe(&now.list, email, label, Role::Member)
                .await?;
        match is_in {
            true => drop(now.ours.insert(hash(&now.list, email))),
            // The others are well: a look at the list tells who is missing.
            false => output.push_str(&format!("Mailman does not take {email}\n")),
        }
    }
    let before = kept.as_ref().filter(|kept| kept.list == now.list);
    for email in &there {
        if !wanted.contains_key(email) && before.is_some_and(|kept| kept.has(email)) {
            mailman.unsubscribe(&now.list, email).await?;
        }
    }
    if let Some(old) = old {
        take_away(mailman, old, Some(crew.id)).await?;
    }
    Ok(Saved {
        kept: Some(json!(now)),
        output,
    })
}

async fn differences(
    mailman: &Mailman,
    crew: &Crew,
    kept: Option<Kept>,
) -> Result<Vec<Drift>, Failure> {
    let Some(name) = local_name(crew)? else {
        let Some(kept) = kept.filter(|kept| kept.made) else {
            return Ok(Vec::new());
        };
        let is_there = mailman.info(&kept.list).await?.is_some();
        let said = format!("the list {} is there and should not be", kept.list);
        return Ok(is_there.then_some(Drift { said }).into_iter().collect());
    };
    let list = mailman.address(&name);
    if mailman.info(&list).await?.is_none() {
        let said = format!("the list {list} is missing");
        return Ok(vec![Drift { said }]);
    }
    let there = mailman.roster(&list, Role::Member).await?;
    let wanted = wanted(crew);
    let missing = wanted.keys().filter(|email| !there.contains(*email));
    let missing = missing.map(|email| format!("{email} is not subscribed to {list}"));
    let is_left = |email: &&String| {
        !wanted.contains_key(*email) && kept.as_ref().is_some_and(|kept| kept.has(email))
    };
    let left = there.iter().filter(is_left);
    let left = left.map(|email| format!("{email} is still subscribed to {list}"));
    Ok(missing.chain(left).map(|said| Drift { said }).collect())
}

/// The lists that this plugin made for crews that are no more.
async fn foreign(mailman: &Mailman, plugin: Uuid, known: &[Value]) -> Result<Vec<Extra>, Failure> {
    let known = known.iter().filter_map(|kept| read_kept(Some(kept)));
    let known: BTreeSet<String> = known.map(|kept| kept.list).collect();
    let mut found = Vec::new();
    for list in mailman.lists().await? {
        if known.contains(&list) {
            continue;
        }
        let info = mailman.info(&list).await?.unwrap_or_default();
        let is_ours = |mark: Mark| mark.made && mark.plugin == plugin;
        if Mark::find(&info).is_some_and(is_ours) {
            let kept = Kept {
                list: list.clone(),
                made: true,
                ours: BTreeSet::new(),
            };
            let kept = json!(kept);
            found.push(Extra { name: list, kept });
        }
    }
    Ok(found)
}

impl Lists {
    /// With the hosts that the operator has allowed beside the public ones.
    pub fn new(private_hosts: Vec<String>) -> Self {
        let reach = Reach::new(private_hosts);
        Self { reach }
    }
}

/// A name of a machine, with at least one dot.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && unix::host_name(label) == label;
    text.len() <= 200 && text.contains('.') && text.split('.').all(is_label)
}

impl Program for Lists {
    fn description(&self) -> &Description {
        &DESCRIPTION
    }

    fn check(&self, _slug: &str, settings: &Settings) -> Vec<(&'static str, Code)> {
        let mut found = Vec::new();
        if let Some(url) = settings.get("url")
            && let Err(code) = self.reach.read_url(url)
        {
            found.push(("url", code));
        }
        if settings.get("domain").is_some_and(|text| !is_domain(text)) {
            found.push(("domain", Code::NotADomain));
        }
        found
    }

    /// A large crew's first time takes a while.
    fn time_limit(&self, _settings: &Settings) -> Duration {
        TIME_LIMIT_MAX
    }

    fn save<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Saved> {
        Box::pin(async move {
            let Object::Crew(crew) = object else {
                return Ok(Saved::default());
            };
            let mailman = Mailman::of(&self.reach, call)?;
            save(&mailman, call, crew, read_kept(kept)).await
        })
    }

    fn delete<'a>(&'a self, call: &'a Call, gone: &'a Gone) -> Answer<'a, ()> {
        Box::pin(async move {
            let Some(kept) = read_kept(gone.kept.as_ref()) else {
                return Ok(());
            };
            // A list that was found here without a crew has the mark of one that is no more.
            let crew = (gone.kind == ObjectKind::Crew).then_some(gone.id);
            take_away(&Mailman::of(&self.reach, call)?, &kept, crew).await
        })
    }

    fn verify<'a>(
        &'a self,
        call: &'a Call,
        object: &'a Object,
        kept: Option<&'a Value>,
    ) -> Answer<'a, Vec<Drift>> {
        Box::pin(async move {
            let Object::Crew(crew) = object else {
                return Ok(Vec::new());
            };
            let mailman = Mailman::of(&self.reach, call)?;
            differences(&mailman, crew, read_kept(kept)).await
        })
    }

    fn extras<'a>(&'a self, call: &'a Call, known: &'a [Value]) -> Answer<'a, Vec<Extra>> {
        Box::pin(async move {
            let mailman = Mailman::of(&self.reach, call)?;
            foreign(&mailman, call.plugin.0, known).await
        })
    }
}
