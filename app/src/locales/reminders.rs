//! Texts of reminders, mail and its templates.

use super::Text;
use domain::kernel::Locale;
use domain::mail::{MailState, Sending, Stage};
use domain::reminders::{Decision, PausedBy, Reason};

texts! {
    title: "Rappels", "Reminders";
    settings_link: "Réglages du courrier", "Mail settings";
    not_set_up: "Le courrier n’est pas configuré : la personne qui héberge ce site doit indiquer son serveur de courrier. Rien n’est envoyé, rien n’attend.", "Mail is not set up: whoever runs this site has to name a mail server. Nothing is sent, nothing waits.";
    is_off: "Le courrier est éteint. Voici qui recevrait quoi.", "Mail is off. This is who would get what.";
    turn_on: "Allumer le courrier", "Turn mail on";
    by_hand_state: "Les rappels partent quand vous appuyez sur le bouton.", "Reminders go out when you press the button.";
    nightly_state: "Les rappels partent chaque nuit, tout seuls.", "Reminders go out every night, by themselves.";
    state_on(to_send: i64, day: &str):
        format!("Au {day} : {} à envoyer.", Locale::Fr.count(to_send)),
        format!("As of {day}: {} to send.", Locale::En.count(to_send));
    send(n: i64):
        format!("Envoyer {} {}", Locale::Fr.count(n), Locale::Fr.plural(n, "rappel", "rappels")),
        format!("Send {} {}", Locale::En.count(n), Locale::En.plural(n, "reminder", "reminders"));
    why: "Motif", "Why";
    on: "Au", "As of";
    everybody: "tout le monde", "everybody";
    caption: "Qui reçoit un rappel, et pourquoi", "Who gets a reminder, and why";
    member: "Membre", "Member";
    decision: "Rappel", "Reminder";
    address: "Adresse", "Address";
    paid_until: "Payé jusqu’au", "Paid until";
    never: "jamais payé", "never paid";
    none: "Personne ici", "Nobody here";
    none_help: "Aucun membre ne correspond à ce filtre, à cette date.", "No member fits this filter, on this day.";
    pays(name: &str): format!("{name}, qui paie"), format!("{name}, who pays");
    through_contact(name: &str): format!("contact de {name}"), format!("contact of {name}");

    not_sent: "Courriers qui ne sont pas arrivés", "Mails that did not arrive";
    not_sent_help: "Une adresse refusée ne reçoit plus de rappel tant qu’elle ne change pas, ou que vous ne réessayez pas.", "An address that was refused gets no reminder until it changes, or until you try again.";
    retry: "Réessayer", "Try again";
    retry_whom(who: &str): format!("d’écrire à {who}"), format!("to write to {who}");
    subject: "Objet", "Subject";
    state: "État", "State";
    written: "Écrit le", "Written";

    of_member: "Rappels", "Reminders";
    of_member_none: "Aucun rappel envoyé.", "No reminder was sent.";
    pause: "Suspendre les rappels", "Pause reminders";
    resume: "Reprendre les rappels", "Resume reminders";
    paused_by_crew: "Les rappels sont suspendus par une équipe.", "Reminders are paused by a crew.";
    paused_by_member: "Ce membre ne veut pas de rappels : c’est son choix, sur sa page.", "This member wants no reminders: it is their own choice, on their page.";

    own: "Rappels par courrier", "Reminders by mail";
    own_yes: "Vous recevez un courrier quand votre cotisation arrive à échéance.", "You get a mail when your dues run out.";
    own_no: "Vous ne recevez pas de rappels.", "You get no reminders.";
    own_stop: "Ne plus en recevoir", "Stop them";
    own_start: "En recevoir de nouveau", "Get them again";

    settings_title: "Courrier", "Mail";
    settings_state: "Qui écrit, quand, et avec quels mots.", "Who writes, when, and in which words.";
    sending: "Rappels de cotisation", "Reminders of dues";
    off: "Aucun", "None";
    off_help: "Aucun courrier ne part.", "No mail is sent.";
    by_hand: "À la main", "By hand";
    by_hand_help: "Une personne appuie sur le bouton de la page « Rappels ».", "Somebody presses the button on the page “Reminders”.";
    nightly: "Chaque nuit", "Every night";
    nightly_help: "Ils partent tout seuls, chacun une seule fois.", "They go out by themselves, each of them once.";
    sender_name: "Nom de l’expéditeur", "The sender’s name";
    sender_help: "Sans réponse, le nom de l’organisation.", "The organisation’s name, where none is given.";
    reply_to: "Adresse pour les réponses", "Address for answers";
    reply_help: "Une adresse que quelqu’un lit.", "An address that somebody reads.";
    steps: "Jours des rappels", "Days of reminders";
    steps_help: "Avant (−) et après (+) la fin de ce qui est payé : « −30, −7, +7, +30 ».", "Before (−) and after (+) the end of what is paid: “−30, −7, +7, +30”.";
    texts: "Textes", "Texts";
    texts_help: "Un texte par moment et par langue. Chaque membre le reçoit dans la sienne.", "A text for each moment and language. Each member gets it in their own.";
    template_of(stage: Stage, language: &str):
        format!("{} · {language}", stage_name(Locale::Fr, stage)),
        format!("{} · {language}", stage_name(Locale::En, stage));
    template_state: "Les mots du rappel, avec ce qui change d’un membre à l’autre entre accolades.", "The words of the reminder, with what differs from member to member in braces.";
    body: "Texte", "Text";
    body_help: "Du texte simple. Des conditions sont possibles : {% if iban %}…{% else %}…{% endif %}.", "Plain text. Conditions are possible: {% if iban %}…{% else %}…{% endif %}.";
    variables: "Ce qui peut être nommé", "What can be named";
    preview: "Aperçu", "Preview";
    preview_for: "Aperçu pour le membre", "Preview for the member";
    preview_help: "Un numéro de membre. Sans réponse, le premier qui a quelque chose à payer.", "A member number. Without one, the first who has something to pay.";
    reset: "Reprendre le texte d’origine", "Take the original text again";
}

/// A variable of the templates, explained.
pub fn variable(l: Locale, name: &str) -> Text {
    let (fr, en) = match name {
        "name" => (
            "la personne ou l’organisation qui reçoit le courrier",
            "the person or the organisation that gets the mail",
        ),
        "member" => ("le membre dont il s’agit", "the member it is about"),
        "for_other" => (
            "à mettre dans une condition : une autre personne paie pour le membre",
            "for a condition: somebody else pays for the member",
        ),
        "number" => ("le numéro de membre", "the member number"),
        "organisation" => ("le nom de l’organisation", "the organisation’s name"),
        "paid_until" => (
            "la fin de ce qui est payé ; vide si rien ne l’a jamais été",
            "the end of what is paid; empty where nothing ever was",
        ),
        "amount" => ("ce qui est à payer", "what is to be paid"),
        "period" => ("pour quelle période", "for which time"),
        "iban" => (
            "le compte de l’organisation ; vide s’il n’est pas indiqué",
            "the organisation’s account; empty where it is not known",
        ),
        "reference" => ("la référence du virement", "the reference of the transfer"),
        _ => (
            "l’adresse de la page du membre, où il peut payer",
            "the address of the member’s page, where they can pay",
        ),
    };
    both(l, fr, en)
}

fn both(l: Locale, fr: &'static str, en: &'static str) -> Text {
    Text::Borrowed(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// A moment.
pub fn stage_name(l: Locale, stage: Stage) -> Text {
    match stage {
        Stage::Before => both(l, "Avant l’échéance", "Before they run out"),
        Stage::After => both(l, "Après l’échéance", "After they ran out"),
    }
}

/// When reminders are sent.
pub fn sending_choice(l: Locale, sending: Sending) -> (Text, Text) {
    match sending {
        Sending::Off => (off(l), off_help(l)),
        Sending::ByHand => (by_hand(l), by_hand_help(l)),
        Sending::Nightly => (nightly(l), nightly_help(l)),
    }
}

/// What has become of a mail.
pub fn mail_state(l: Locale, state: MailState) -> Text {
    match state {
        MailState::Waiting => both(l, "attend", "waits"),
        MailState::Sending => both(l, "part", "on its way"),
        MailState::Sent => both(l, "remis au serveur", "given to the server"),
        MailState::Refused => both(l, "adresse refusée", "address refused"),
        MailState::GivenUp => both(l, "abandonné", "given up"),
    }
}

/// A reason, as the filter and the badge name it.
pub fn reason(l: Locale, reason: Reason) -> Text {
    match reason {
        Reason::Send => both(l, "à envoyer", "to send"),
        Reason::Already => both(l, "déjà écrit", "written already"),
        Reason::Waiting => both(l, "paiement en attente", "payment waits"),
        Reason::Paused => both(l, "suspendu", "paused"),
        Reason::NoAddress => both(l, "sans adresse", "no address"),
        Reason::NoContact => both(l, "sans contact joignable", "no contact with an address"),
        Reason::Refused => both(l, "adresse refusée", "address refused"),
        Reason::NotYet => both(l, "pas encore", "not yet"),
        Reason::NoMore => both(l, "plus de rappel", "no more reminders"),
        Reason::NothingToPay => both(l, "rien à payer", "nothing to pay"),
        Reason::Left => both(l, "parti", "left"),
    }
}

/// A step: "7 jours avant".
pub fn step(l: Locale, step: i64) -> Text {
    let n = i64::try_from(step.unsigned_abs()).unwrap_or(i64::MAX);
    let days = |one: &str, many: &str| format!("{} {}", l.count(n), l.plural(n, one, many));
    match (l, step) {
        (Locale::Fr, 0) => "le dernier jour".into(),
        (Locale::En, 0) => "on the last day".into(),
        (Locale::Fr, ..0) => format!("{} avant", days("jour", "jours")).into(),
        (Locale::En, ..0) => format!("{} before", days("day", "days")).into(),
        (Locale::Fr, _) => format!("{} après", days("jour", "jours")).into(),
        (Locale::En, _) => format!("{} after", days("day", "days")).into(),
    }
}

/// What belongs to a decision, beside its reason.
pub fn detail(l: Locale, decision: &Decision) -> Option<Text> {
    let text = match decision {
        Decision::Send { step: n, .. } => step(l, *n),
        Decision::Already { step: n, on, state } => {
            let (step, state, on) = (step(l, *n), mail_state(l, *state), l.day(*on));
            match l {
                Locale::Fr => format!("{step}, le {on} : {state}").into(),
                Locale::En => format!("{step}, on {on}: {state}").into(),
            }
        }
        Decision::NotYet { on } => match l {
            Locale::Fr => format!("le {}", l.day(*on)).into(),
            Locale::En => format!("on {}", l.day(*on)).into(),
        },
        Decision::Paused { by } => match by {
            PausedBy::Member => both(l, "par le membre", "by the member"),
            PausedBy::Crew => both(l, "par une équipe", "by a crew"),
        },
        _ => return None,
    };
    Some(text)
}
