//! What was done, in words: shown once, on the page that follows.

use domain::kernel::{Cents, Locale, PaymentId};

use super::Text;

/// Something that was done. It travels in a short-lived cookie as a code and numbers,
/// never as a text: what a cookie says is not to be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A change was saved.
    Saved,
    /// A person or an organisation was added.
    PartyAdded,
    /// Somebody became a member.
    MemberAdded,
    /// A payment was entered: which one, and how much.
    PaymentAdded(PaymentId, Cents),
    /// A draft was deleted.
    PaymentDeleted(PaymentId),
    /// A deletion was taken back.
    PaymentRestored(PaymentId),
    /// A reversal was entered; it waits for the bank crew.
    ReversalAdded,
    /// Payments were validated: how many, and their sum.
    Validated(i64, Cents),
    /// The session ended as wished.
    SignedOut,
    /// Sessions in other browsers were ended.
    SessionsEnded(i64),
    /// The password was changed.
    PasswordChanged,
    /// A password was chosen by a link.
    PasswordChosen,
    /// Something was deleted.
    Deleted,
    /// A person was erased.
    Erased,
    /// Somebody cannot sign in any more.
    LoginDisabled,
    /// Reminders were written: how many.
    RemindersSent(i64),
    /// What plugins could not do is tried again.
    TriedAgain,
    /// Plugins were asked whether all is as it should be.
    VerifyAsked,
    /// A plugin is given everything once more.
    SavedAgain,
    /// A file is going to be made.
    FileAsked,
    /// Somebody else signed in than the one who had typed: that is not shown.
    TypedDropped,
}

impl Notice {
    /// How it travels.
    pub fn to_cookie(&self) -> String {
        match self {
            Self::Saved => "saved".into(),
            Self::PartyAdded => "party_added".into(),
            Self::MemberAdded => "member_added".into(),
            Self::PaymentAdded(id, amount) => format!("payment_added.{id}.{}", amount.0),
            Self::PaymentDeleted(id) => format!("payment_deleted.{id}"),
            Self::PaymentRestored(id) => format!("payment_restored.{id}"),
            Self::ReversalAdded => "reversal_added".into(),
            Self::Validated(n, sum) => format!("validated.{n}.{}", sum.0),
            Self::SignedOut => "signed_out".into(),
            Self::SessionsEnded(n) => format!("sessions_ended.{n}"),
            Self::PasswordChanged => "password_changed".into(),
            Self::PasswordChosen => "password_chosen".into(),
            Self::Deleted => "deleted".into(),
            Self::Erased => "erased".into(),
            Self::LoginDisabled => "login_disabled".into(),
            Self::RemindersSent(n) => format!("reminders_sent.{n}"),
            Self::TriedAgain => "tried_again".into(),
            Self::VerifyAsked => "verify_asked".into(),
            Self::SavedAgain => "saved_again".into(),
            Self::FileAsked => "file_asked".into(),
            Self::TypedDropped => "typed_dropped".into(),
        }
    }

    /// What a cookie says, if it says anything that there is.
    pub fn from_cookie(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let code = parts.next()?;
        let payment = || parts.clone().next().and_then(|id| id.parse().ok());
        match code {
            "payment_added" => {
                let id = payment()?;
                let amount = parts.nth(1).and_then(|n| n.parse().ok())?;
                return Some(Self::PaymentAdded(id, Cents(amount)));
            }
            "payment_deleted" => return payment().map(Self::PaymentDeleted),
            "payment_restored" => return payment().map(Self::PaymentRestored),
            _ => {}
        }
        let mut number = || parts.next().and_then(|n| n.parse::<i64>().ok());
        Some(match code {
            "saved" => Self::Saved,
            "party_added" => Self::PartyAdded,
            "member_added" => Self::MemberAdded,
            "reversal_added" => Self::ReversalAdded,
            "validated" => Self::Validated(number()?, Cents(number()?)),
            "signed_out" => Self::SignedOut,
            "sessions_ended" => Self::SessionsEnded(number()?),
            "password_changed" => Self::PasswordChanged,
            "password_chosen" => Self::PasswordChosen,
            "deleted" => Self::Deleted,
            "erased" => Self::Erased,
            "login_disabled" => Self::LoginDisabled,
            "reminders_sent" => Self::RemindersSent(number()?),
            "tried_again" => Self::TriedAgain,
            "verify_asked" => Self::VerifyAsked,
            "saved_again" => Self::SavedAgain,
            "file_asked" => Self::FileAsked,
            "typed_dropped" => Self::TypedDropped,
            _ => return None,
        })
    }

    /// The words.
    pub fn text(&self, l: Locale) -> Text {
        let count = |n: i64, fr: [&str; 2], en: [&str; 2]| match l {
            Locale::Fr => format!("{} {}", l.count(n), l.plural(n, fr[0], fr[1])),
            Locale::En => format!("{} {}", l.count(n), l.plural(n, en[0], en[1])),
        };
        let both = |fr: &'static str, en: &'static str| match l {
            Locale::Fr => Text::Borrowed(fr),
            Locale::En => Text::Borrowed(en),
        };
        match self {
            Self::Saved => both("C’est enregistré.", "Saved."),
            Self::PartyAdded => both("La fiche est créée.", "The record is made."),
            Self::MemberAdded => both(
                "Le numéro de membre est donné.",
                "The member number is given.",
            ),
            Self::PaymentAdded(_, amount) => match l {
                Locale::Fr => format!(
                    "Le paiement de {} est saisi. Il attend la validation de l’équipe banque.",
                    l.money(*amount)
                ),
                Locale::En => format!(
                    "The payment of {} is entered. It waits for the bank crew to validate it.",
                    l.money(*amount)
                ),
            }
            .into(),
            Self::PaymentDeleted(_) => both("Le paiement est supprimé.", "The payment is deleted."),
            Self::PaymentRestored(_) => both(
                "Le paiement est de nouveau là, comme il était.",
                "The payment is back, as it was.",
            ),
            Self::ReversalAdded => both(
                "L’annulation est saisie. Elle attend la validation de l’équipe banque.",
                "The reversal is entered. It waits for the bank crew to validate it.",
            ),
            Self::Validated(n, sum) => format!(
                "{}, {}.",
                count(
                    *n,
                    ["paiement validé", "paiements validés"],
                    ["payment validated", "payments validated"]
                ),
                l.money(*sum)
            )
            .into(),
            Self::SignedOut => both("Vous êtes déconnecté.", "You are signed out."),
            Self::SessionsEnded(n) => count(
                *n,
                ["session terminée.", "sessions terminées."],
                ["session ended.", "sessions ended."],
            )
            .into(),
            Self::RemindersSent(n) => count(
                *n,
                ["rappel part maintenant.", "rappels partent maintenant."],
                ["reminder goes out now.", "reminders go out now."],
            )
            .into(),
            Self::TypedDropped => both(
                "Vous êtes connecté. Ce que quelqu’un d’autre avait tapé ici n’est pas gardé.",
                "You are signed in. What somebody else had typed here is not kept.",
            ),
            Self::PasswordChosen => both(
                "Votre mot de passe est choisi. Connectez-vous.",
                "Your password is chosen. Sign in.",
            ),
            Self::TriedAgain => both("Les essais sont lancés.", "It is being tried again."),
            Self::VerifyAsked => both(
                "La vérification est lancée : les écarts apparaîtront dans le journal.",
                "The look has begun: what differs will be in the journal.",
            ),
            Self::FileAsked => both(
                "Le fichier est en train d’être fait.",
                "The file is being made.",
            ),
            Self::SavedAgain => both(
                "Tout lui est confié une nouvelle fois.",
                "Everything is given to it once more.",
            ),
            Self::Deleted => both("C’est supprimé.", "Deleted."),
            Self::Erased => both("La personne est effacée.", "The person is erased."),
            Self::LoginDisabled => both(
                "L’accès est désactivé, et ses sessions sont terminées.",
                "The access is disabled, and its sessions are ended.",
            ),
            Self::PasswordChanged => both(
                "Le mot de passe est changé. Les autres sessions sont terminées.",
                "The password is changed. The other sessions are ended.",
            ),
        }
    }
}
