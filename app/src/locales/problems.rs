//! What went wrong, in words: what happened and what to do. One text per code and
//! language; a code without a text does not compile.

use domain::kernel::{Code, Locale, Right};

use super::Text;

/// A right, in words: "valider des paiements".
pub fn right(l: Locale, right: Right) -> Text {
    let (fr, en) = match right {
        Right::People => ("modifier les personnes", "edit people"),
        Right::Members => ("gérer les membres", "manage members"),
        Right::PaymentsAdd => ("saisir des paiements", "enter payments"),
        Right::PaymentsChange => ("modifier des paiements", "change payments"),
        Right::PaymentsDelete => ("supprimer des paiements", "delete payments"),
        Right::PaymentsValidate => ("valider des paiements", "validate payments"),
        Right::ServiceTypes => ("définir les types de services", "set up types of services"),
        Right::Prefixes => (
            "définir les préfixes d’adresses",
            "set up prefixes of addresses",
        ),
        Right::AddressHistory => ("demander qui avait une adresse", "ask who had an address"),
        Right::Settings => ("changer les réglages", "change the settings"),
    };
    Text::from(match l {
        Locale::Fr => fr,
        Locale::En => en,
    })
}

/// The text of a code.
pub fn text(l: Locale, code: &Code) -> Text {
    // The browser checks the fields of forms; all else is said by the server's pages. So what
    // the browser never says is not sent to it: what lies among these is left out by hand below.
    #[cfg(not(feature = "ssr"))]
    if !is_of_a_field(code) {
        return Text::Borrowed("");
    }
    match l {
        Locale::Fr => french(code),
        Locale::En => english(code),
    }
}

/// What `parse` says of the fields of a payment.
#[cfg(not(feature = "ssr"))]
fn is_of_a_field(code: &Code) -> bool {
    matches!(
        code,
        Code::Required
            | Code::TooLong { .. }
            | Code::ControlCharacter
            | Code::NotAnAmount
            | Code::AmountTooLarge
            | Code::AmountNotPositive
            | Code::AmountNotZero
            | Code::NotADay
            | Code::DayInFuture
            | Code::PeriodEndsBeforeStart
            | Code::PeriodIncomplete
            | Code::UnknownChoice
            | Code::ReasonNeeded
    )
}

fn french(code: &Code) -> Text {
    let text = match code {
        Code::Internal => "Quelque chose n’a pas marché de notre côté. Rien n’a été enregistré ; réessayez dans un moment.",
        Code::BadRequest => "La demande n’est pas lisible. Revenez à la page et recommencez.",
        Code::NotFound => "Il n’y a rien à cette adresse, ou ce n’est pas pour vous.",
        Code::WrongMethod => "Cette adresse existe, mais pas pour cette sorte de demande. Ouvrez-la depuis le menu.",
        Code::SignInNeeded => "Connectez-vous pour continuer.",
        Code::Forbidden { right: r } => {
            return format!("Il vous faut le droit de {}. Une équipe peut vous le donner.", right(Locale::Fr, *r)).into();
        }
        Code::WrongOrigin => "La demande vient d’un autre site : elle a été refusée. Recommencez depuis cette page.",
        Code::TooLarge { max_mib } => return format!("Le fichier est trop grand : {max_mib} Mio au plus.").into(),
        Code::Busy => "Trop de travail en même temps. Réessayez dans un moment.",
        Code::ChangedMeanwhile => "Quelqu’un d’autre a changé cela entre-temps. Rechargez la page pour voir ce qui est enregistré, puis recommencez.",
        Code::AlreadySent => "Ce formulaire a déjà été envoyé, avec un autre contenu. Ouvrez-en un nouveau.",
        Code::LookAgain => "Vous aviez été déconnecté. Rien n’est perdu, et rien n’est encore envoyé : relisez, puis envoyez.",
        Code::FormOfAnother => "Cette page avait été ouverte par quelqu’un d’autre : rien n’a été fait en votre nom. Rechargez-la pour continuer.",
        Code::Invalid => "Des réponses sont à corriger.",
        Code::Required => "Cette réponse manque.",
        Code::TooLong { max } => return format!("C’est trop long : {max} caractères au plus.").into(),
        Code::ControlCharacter => "Le texte contient des caractères invisibles. Tapez-le à nouveau.",
        Code::NotAnAmount => "Ce n’est pas un montant. Exemple : 30,00",
        Code::AmountTooLarge => "Le montant est trop grand.",
        Code::AmountNotPositive => "Le montant doit être plus grand que zéro. Pour une dispense, choisissez ce moyen.",
        Code::AmountNotZero => "Une dispense n’apporte pas d’argent : le montant est 0.",
        Code::NotADay => "Ce n’est pas une date. Exemple : 12/03/2026",
        Code::DayInFuture => "Ce jour n’est pas encore venu.",
        Code::PeriodEndsBeforeStart => "La fin est avant le début.",
        Code::PeriodIncomplete => "Donnez le début et la fin, ou aucun des deux.",
        #[cfg(feature = "ssr")]
        Code::NotAnEmail => "Ce n’est pas une adresse électronique. Exemple : lea@example.org",
        #[cfg(feature = "ssr")]
        Code::NotAPhone => "Ce n’est pas un numéro de téléphone. Exemple : 06 39 98 12 40",
        #[cfg(feature = "ssr")]
        Code::NotALoginName => "De 2 à 64 lettres sans accent, chiffres, points ou tirets ; une lettre d’abord.",
        #[cfg(feature = "ssr")]
        Code::NotASlug => "Des lettres minuscules sans accent, des chiffres et des tirets seulement.",
        Code::UnknownChoice => "Choisissez une des réponses proposées.",
        #[cfg(feature = "ssr")]
        Code::UnknownMember => "Aucun membre n’a ce numéro ou ce nom, ou plusieurs l’ont. Le numéro suffit.",
        #[cfg(feature = "ssr")]
        Code::WrongCheckDigit => "Ce numéro de membre contient une faute de frappe.",
        #[cfg(feature = "ssr")]
        Code::NotAnIban => "Cet IBAN contient une faute.",
        Code::ReasonNeeded => "Dites pourquoi.",
        Code::SignInRefused => "Le nom ou le mot de passe ne convient pas.",
        Code::SignInLocked { minutes } => {
            return format!("Trop d’essais. Réessayez dans {minutes} {}.", Locale::Fr.plural(*minutes, "minute", "minutes")).into();
        }
        Code::PasswordTooShort { min } => return format!("Au moins {min} caractères : quelques mots mis bout à bout font un bon mot de passe.").into(),
        Code::PasswordTooLong { max } => return format!("Au plus {max} caractères.").into(),
        Code::LoginNameTaken => "Ce nom de connexion est pris.",
        Code::HasLogin => "Cette personne a déjà un nom de connexion.",
        Code::CrewNameTaken => "Une équipe porte déjà ce nom.",
        Code::CrewNotEmpty { people } => {
            return format!("On ne supprime qu’une équipe vide : il y a encore {people} {} dans celle-ci.", Locale::Fr.plural(*people, "personne", "personnes")).into();
        }
        Code::ErasureBlocked => "Cette personne ne peut pas encore être effacée : la page dit ce qui doit d’abord prendre fin.",
        Code::NotTheName => "Ce n’est pas le nom de la personne.",
        Code::AuditBroken => "Rien n’a été enregistré : la fin des traces manque ou n’est pas à sa place. Lancez « equipage audit verify », puis restaurez la base depuis une sauvegarde.",
        Code::LastAdministrator => "C’est le dernier accès qui permet de changer les réglages : sans lui, personne ne pourrait plus le faire. Donnez d’abord ce droit à quelqu’un d’autre.",
        Code::LinkInvalid => "Ce lien a déjà servi, n’est plus valable ou a été remplacé par un autre.",
        Code::LoginDisabled => "Cet accès est désactivé. Réactivez-le d’abord.",
        Code::KindInUse => "Cette fiche a une connexion, une équipe ou des contacts : elle garde son genre.",
        Code::NotAPerson => "Un contact est une personne.",
        Code::NotAnOrganisation => "Seule une organisation a des contacts.",
        Code::AlreadyMember => "Cette personne ou organisation est déjà membre.",
        Code::MaybeKnown => "Cette personne ou organisation est peut-être déjà là. Regardez celles qui lui ressemblent.",
        Code::UnknownPerson => "Aucune personne ne correspond. Essayez avec moins de mots, ou ajoutez d’abord la personne.",
        Code::BankKeyMissing => "Il manque la clé des coordonnées bancaires sur le serveur : aucun numéro de compte ne peut être enregistré ni lu. Qui tient le serveur la crée avec « equipage secrets new ».",
        Code::NotABic => "Ce n’est pas un BIC : 8 ou 11 lettres et chiffres.",
        Code::AccountKnown => "Ce compte est déjà enregistré ici.",
        Code::TooManyAccounts { max } => {
            return Text::from(format!("Pas plus de {max} comptes."));
        }
        Code::AccountHasMandate => "Un mandat a été signé pour ce compte : il reste, pour qu’on sache ce qui a été signé.",
        Code::NotAReference { max } => {
            return Text::from(format!("Une référence a {max} signes au plus : lettres sans accent, chiffres, espaces et / - ? : ( ) . , ' +, sans barre oblique au début, à la fin ni doublée."));
        }
        Code::ReferenceTaken => "Un autre mandat porte déjà cette référence.",
        Code::MandateEnded => "Ce mandat n’a pas servi pendant trois ans : il a pris fin de lui-même.",
        Code::TooManyMandates { max } => {
            return Text::from(format!("Pas plus de {max} mandats."));
        }
        Code::NotACreditorId => "Ce n’est pas un identifiant de créancier SEPA (ICS).",
        Code::KindNameTaken => "Une autre cotisation porte déjà ce nom.",
        Code::KindArchived => "Cette cotisation est archivée : elle n’est plus proposée.",
        Code::DefaultKindNotFree => {
            "C’est la cotisation par défaut : elle ne peut pas être gratuite."
        }
        Code::DefaultKindNotArchived => {
            "C’est la cotisation par défaut : choisissez-en d’abord une autre."
        }
        Code::FreeKindNoAmount => "Une cotisation gratuite n’a pas de montant.",
        Code::TooManyKinds { max } => {
            return format!("Il y a déjà {max} sortes de cotisation : c’est le plus possible.").into();
        }
        Code::PayerIsSelf => "Chaque membre paie pour soi : il n’y a rien à dire.",
        Code::PayerHasPayer => "Quelqu’un d’autre paie déjà pour cette personne ou organisation.",
        Code::PaysForOthers => "Ce membre paie pour d’autres : personne ne peut payer pour lui.",
        Code::CrewManagesTypes => "Cette équipe gère des types de services : donnez-les d’abord à une autre.",
        Code::NotMonths { max } => return format!("Un nombre de mois, de 1 à {max}.").into(),
        Code::TypeNameTaken => "Un autre type de services porte déjà ce nom.",
        Code::TypeArchived => "Ce type est archivé : on ne crée plus de service de ce type.",
        Code::TooManyTypes { max } => {
            return format!("Il y a déjà {max} types de services : c’est le maximum.").into();
        }
        Code::NotAnAddress => "Ce n’est ni une adresse ni un préfixe. Exemples : 192.0.2.5, 192.0.2.0/24, 2001:db8::/48.",
        Code::NotANetwork { right } => {
            return format!("Un préfixe s’écrit par sa première adresse : {right}.").into();
        }
        Code::NotARange => "Écrivez la première et la dernière adresse : 192.0.2.1 - 192.0.2.9.",
        Code::NotATime => "Ce n’est pas une heure. Exemple : 14:30.",
        Code::TimeUnclear => "Cette nuit-là, on a changé d’heure : cette heure a existé deux fois, ou pas du tout. Choisissez une autre heure, ou l’heure universelle (UTC).",
        Code::PrefixTooLarge { min } => {
            return format!("C’est trop grand : au plus un /{min}.").into();
        }
        Code::WrongLength { min, max } => {
            return format!("Écrivez une longueur entre /{min} et /{max}.").into();
        }
        Code::TooManyPrefixes { max } => {
            return format!("Il y en a déjà {max} : c’est le maximum.").into();
        }
        Code::PrefixTaken => "Ce préfixe existe déjà.",
        Code::PrefixInUse => "Des adresses de ce préfixe ont été données : il reste, pour l’historique.",
        Code::OutsidePrefix => "Ce n’est pas, ou pas entièrement, dans ce préfixe.",
        Code::AddressOutOfReach => "Cette adresse n’est dans aucun préfixe prévu pour ce service.",
        Code::AddressReserved => "Cette adresse est réservée : on ne la donne pas.",
        Code::AddressTaken => "Un autre service a cette adresse à ce moment.",
        Code::AddressLater => "Ce service reçoit une adresse après ce jour.",
        Code::NoneFree => "Plus rien n’est libre dans ce préfixe.",
        Code::TypeWithoutAddresses => "Les services de ce type n’ont pas d’adresses.",
        Code::AllocationOver => "C’est déjà terminé : l’historique ne change plus.",
        Code::AllocationStays => "C’est donné depuis plus d’une heure : cela reste dans l’historique. Reprenez l’adresse.",
        Code::NotANumber => "Ce n’est pas un nombre. Par exemple : 12 ou 12,5.",
        Code::FieldNameTaken => "Un autre champ porte déjà ce nom.",
        Code::TooManyFields { max } => {
            return format!("Il y a déjà {max} champs : c’est le maximum.").into();
        }
        Code::TooManyChoices { max } => return format!("{max} réponses au plus.").into(),
        Code::ChoiceTwice => "Deux réponses portent le même nom.",
        Code::ChoiceInUse => "Cette réponse a été donnée : elle peut changer de nom, pas disparaître.",
        Code::FieldHasValues { count } => {
            return format!("Ce champ est rempli {count} fois : il s’archive, il ne s’efface pas.")
                .into();
        }
        Code::FieldOfOthers => "Ce champ n’existe pas pour cet objet : laissez la cellule vide.",
        Code::UnknownType => "Vos équipes n’ont pas de type de ce nom.",
        Code::UnknownService => "Vos équipes n’ont pas ce service.",
        Code::SeveralServices => "Plusieurs services de ce type portent ce nom.",
        Code::SeveralMembers => "Plusieurs membres portent ce nom : donnez le numéro.",
        Code::ServiceTaken => "Quelqu’un a ce service à ces dates.",
        Code::ServiceClosed => "Ce service est fermé à ces dates.",
        Code::NotTheHolder => "Ce membre n’a jamais eu ce service.",
        Code::HoldingPaid => "Un paiement a été saisi pour ce service et ce membre : mettez une date de fin.",
        Code::PaymentFrozen => "Ce qui est validé ne change plus, pour personne.",
        Code::OwnEntry => "Vous l’avez saisi : quelqu’un d’autre doit le valider.",
        Code::AlreadyValidated => "Ce paiement est déjà validé.",
        Code::NotValidatedYet => "Ce paiement n’est pas validé : on peut encore le modifier ou le supprimer.",
        Code::AlreadyReversed => "Ce paiement est déjà annulé, ou son annulation attend.",
        Code::IsReversal => "Une annulation ne s’annule pas : saisissez un nouveau paiement.",
        Code::NothingSelected => "Rien n’est choisi. Cochez au moins un paiement.",
        Code::TooManySelected { max } => return format!("Au plus {max} à la fois.").into(),
        Code::FileEmpty => "Le fichier est vide.",
        Code::FileNotText => "Ce n’est pas un fichier CSV. Exportez votre liste en CSV, pas en tableur.",
        Code::FileBroken { line } => return format!("Le fichier est abîmé à la ligne {line} : un guillemet n’est pas fermé. Rien n’a été importé.").into(),
        Code::TooManyRows { max } => return format!("Le fichier a trop de lignes : {max} au plus. Coupez-le en deux.").into(),
        Code::TooManyColumns { max } => return format!("Le fichier a trop de colonnes : {max} au plus.").into(),
        Code::FileOfTotals => "Ce fichier donne des totaux, pas des membres. Exportez plutôt la liste des membres ou des inscrits.",
        Code::RowLength { .. } => "Cette ligne n’a pas autant de cases qu’il y a de colonnes.",
        Code::NoMemberYet => "Cette personne a demandé à adhérer, mais n’est pas encore membre.",
        Code::ColumnMissing => "Aucune colonne ne dit qui est le membre. Choisissez au moins un nom ou un numéro.",
        Code::ColumnTwice => "Deux colonnes disent la même chose.",
        Code::RowWithoutMember => "Cette ligne ne dit pas de quel membre il s’agit.",
        Code::RowTwice { line } => return format!("Ce membre est déjà à la ligne {line}, autrement.").into(),
        Code::ReferenceOfAnother => "Ce numéro est celui d’un autre membre.",
        Code::RowsWithProblems { rows } => return format!("Lignes avec un problème : {rows}. Rien n’a été importé.").into(),
        Code::ImportApplied => "Cet import est déjà fait.",
        Code::NothingToImport => "Il n’y a rien à importer.",
        Code::ImportUsed { .. } => "Cet import ne peut plus être annulé : on s’en est déjà servi.",
        Code::ImportNotUndoable => "Cet import ne peut pas être annulé, ou l’est déjà.",
        Code::ImportRunning => "Un autre import est en cours. Réessayez quand il est fini.",
        Code::ExportTooLarge { max } => {
            return format!(
                "La liste est trop longue pour un fichier : {} lignes au plus. Filtrez-la, puis exportez-la en plusieurs fois.",
                Locale::Fr.count(*max)
            )
            .into();
        }
        Code::NotSteps { max, days } => return format!("Écrivez de 1 à {max} nombres de jours, de −{days} à +{days} : « −30, −7, +7 ».").into(),
        Code::TemplateSyntax { line } => return format!("Ligne {line} : les accolades ou les conditions ne vont pas ensemble. Chaque « {{% if … %}} » se ferme par « {{% endif %}} ».").into(),
        Code::TemplateTag { line } => return format!("Ligne {line} : entre accolades, on ne met qu’un nom de la liste ou une condition.").into(),
        Code::TemplateVariable { line, name } => return format!("Ligne {line} : « {name} » n’existe pas. La liste est sous le formulaire.").into(),
        Code::MailNotSetUp => "Le courrier n’est pas configuré : la personne qui héberge ce site doit indiquer son serveur de courrier.",
        Code::MailOff => "Le courrier est éteint pour votre organisation. Il s’allume dans les réglages.",
        Code::PluginNameTaken => "Un autre greffon porte ce nom.",
        Code::TooManyPlugins { max } => {
            return format!("Il y a déjà {max} greffons : c’est le maximum.").into();
        }
        Code::PluginNotHere => "Ce serveur n’a pas ce greffon.",
        Code::PluginSeesMore => "Vous ne voyez pas tous les services : pour qu’un greffon les reçoive, il faut être dans chaque équipe qui en gère.",
        Code::NotAUrl => "Ce n’est pas une adresse. Elle commence par https:// (ou http://).",
        Code::NotAllowedHere => "Qui tient le serveur ne l’a pas permis.",
        Code::NotADomain => "Ce n’est pas un nom de domaine, comme lists.example.org.",
        Code::NotAPath => "Ce n’est pas un chemin : il commence par / et n’a que lettres, chiffres, points, tirets et soulignés.",
        Code::NotAWebhookSecret => "Ce n’est pas un secret de signature : whsec_, puis 24 octets ou plus en base64.",
        Code::NoSuchProgram => "Il n’y a pas de programme de ce nom là où le serveur les cherche.",
        Code::SecretKeyMissing => "Il manque sur le serveur la clé qui protège les secrets : aucun ne peut être enregistré. Qui tient le serveur la crée avec « equipage secrets new ».",
        Code::PluginIsOff => "C’est arrêté. Mettez d’abord en marche, puis recommencez.",
        Code::TemplateFails { line: 0, said } => return format!("Le modèle ne donne pas de texte : {said}.").into(),
        Code::TemplateFails { line, said } => return format!("Ligne {line} du modèle : {said}.").into(),
        Code::ConfigLine { line } => return format!("Ligne {line} : écrivez « nom = valeur », chaque nom une seule fois, en lettres minuscules.").into(),
        Code::NotAFilePath => "Ce n’est pas un nom de fichier : lettres sans accent, chiffres, points, tirets et soulignés, avec des / entre dossiers, et rien qui commence par un point.",
        Code::FilePathTaken => "Une autre extraction écrit ce fichier.",
        Code::NotAFileMode => "Ce ne sont pas des droits de fichier, comme 0644 ou 0640 : sans exécution, et lisible par son propriétaire.",
        Code::NotAFileOwner => "Ce n’est pas un propriétaire, comme « root:adm ».",
        Code::OwnerNotAllowed => "Qui tient le serveur n’a pas permis ce propriétaire.",
        Code::TooMuchToRead { max } => return format!("Il y a plus de {} lignes d’une sorte à lire : c’est trop pour un modèle.", Locale::Fr.count(*max)).into(),
        Code::UnknownTenant => "Aucune organisation ne répond à cette adresse.",
        Code::SlugTaken => "Ce nom est pris.",
        Code::ProofRunning => "Une preuve est en cours : une seule se fait à la fois. Revenez quand elle est finie.",
        Code::ProofTooLong { minutes } => return format!("La preuve n’a pas fini en {minutes} minutes : elle ne dit rien. Réessayez à une heure plus calme.").into(),
        #[cfg(not(feature = "ssr"))]
        _ => "",
    };
    Text::Borrowed(text)
}

fn english(code: &Code) -> Text {
    let text = match code {
        Code::Internal => {
            "Something went wrong on our side. Nothing was saved; try again in a moment."
        }
        Code::BadRequest => "The request cannot be read. Go back to the page and start again.",
        Code::NotFound => "There is nothing at this address, or it is not for you.",
        Code::WrongMethod => {
            "This address exists, but not for this sort of request. Open it from the menu."
        }
        Code::SignInNeeded => "Sign in to go on.",
        Code::Forbidden { right: r } => {
            return format!(
                "You need the right to {}. A crew can give it to you.",
                right(Locale::En, *r)
            )
            .into();
        }
        Code::WrongOrigin => {
            "The request came from another site and was refused. Start again from this page."
        }
        Code::TooLarge { max_mib } => {
            return format!("The file is too large: {max_mib} MiB at most.").into();
        }
        Code::Busy => "Too much work at once. Try again in a moment.",
        Code::ChangedMeanwhile => {
            "Somebody else changed this in the meantime. Reload the page to see what is saved, then start again."
        }
        Code::AlreadySent => "This form was already sent, with other content. Open a new one.",
        Code::LookAgain => {
            "You had been signed out. Nothing is lost, and nothing is sent yet: look at it, then send it."
        }
        Code::FormOfAnother => {
            "Somebody else had opened this page: nothing was done in your name. Load it again to go on."
        }
        Code::Invalid => "Some answers need to be corrected.",
        Code::Required => "This answer is missing.",
        Code::TooLong { max } => {
            return format!("This is too long: {max} characters at most.").into();
        }
        Code::ControlCharacter => "The text holds characters that cannot be seen. Type it again.",
        Code::NotAnAmount => "This is not an amount. Example: 30.00",
        Code::AmountTooLarge => "The amount is too large.",
        Code::AmountNotPositive => {
            "The amount must be more than zero. To waive dues, choose that method."
        }
        Code::AmountNotZero => "Waived dues bring no money: the amount is 0.",
        Code::NotADay => "This is not a date. Example: 12/03/2026, day first",
        Code::DayInFuture => "This day has not come yet.",
        Code::PeriodEndsBeforeStart => "The end is before the start.",
        Code::PeriodIncomplete => "Give the start and the end, or neither.",
        #[cfg(feature = "ssr")]
        Code::NotAnEmail => "This is not an e-mail address. Example: lea@example.org",
        #[cfg(feature = "ssr")]
        Code::NotAPhone => "This is not a telephone number. Example: +33 6 39 98 12 40",
        #[cfg(feature = "ssr")]
        Code::NotALoginName => {
            "2 to 64 letters without accents, digits, dots or hyphens; a letter first."
        }
        #[cfg(feature = "ssr")]
        Code::NotASlug => "Lower-case letters without accents, digits and hyphens only.",
        Code::UnknownChoice => "Choose one of the answers offered.",
        #[cfg(feature = "ssr")]
        Code::UnknownMember => {
            "No member has this number or name, or several do. The number is enough."
        }
        #[cfg(feature = "ssr")]
        Code::WrongCheckDigit => "This member number has a typing mistake in it.",
        #[cfg(feature = "ssr")]
        Code::NotAnIban => "This IBAN has a mistake in it.",
        Code::ReasonNeeded => "Say why.",
        Code::SignInRefused => "The name or the password is not right.",
        Code::SignInLocked { minutes } => {
            return format!(
                "Too many attempts. Try again in {minutes} {}.",
                Locale::En.plural(*minutes, "minute", "minutes")
            )
            .into();
        }
        Code::PasswordTooShort { min } => {
            return format!(
                "At least {min} characters: a few words in a row make a good password."
            )
            .into();
        }
        Code::PasswordTooLong { max } => return format!("At most {max} characters.").into(),
        Code::LoginNameTaken => "This login name is taken.",
        Code::HasLogin => "This person has a login already.",
        Code::CrewNameTaken => "A crew has this name already.",
        Code::CrewNotEmpty { people } => {
            let people = format!(
                "{people} {}",
                Locale::En.plural(*people, "person", "people")
            );
            return format!(
                "Only an empty crew is deleted: there is still somebody in this one ({people})."
            )
            .into();
        }
        Code::ErasureBlocked => {
            "This person cannot be erased yet: the page says what must end first."
        }
        Code::NotTheName => "This is not the person’s name.",
        Code::AuditBroken => {
            "Nothing was saved: the end of the audit is missing, or not where it belongs. Run “equipage audit verify”, then restore the database from a backup."
        }
        Code::LastAdministrator => {
            "This is the last access that may change the settings: without it, nobody could any more. Give this right to somebody else first."
        }
        Code::LinkInvalid => {
            "This link was used already, has run out, or was replaced by another one."
        }
        Code::LoginDisabled => "This access is disabled. Enable it first.",
        Code::KindInUse => "This record has a login, a crew or contacts: it stays what it is.",
        Code::NotAPerson => "A contact is a person.",
        Code::NotAnOrganisation => "Only an organisation has contacts.",
        Code::AlreadyMember => "This person or organisation is a member already.",
        Code::MaybeKnown => {
            "This person or organisation may be here already. Look at those that resemble it."
        }
        Code::UnknownPerson => "No person matches. Try fewer words, or add the person first.",
        Code::BankKeyMissing => {
            "The server has no key for bank details: no account can be entered or read. Who runs the server makes one with “equipage secrets new”."
        }
        Code::NotABic => "This is not a BIC: 8 or 11 letters and digits.",
        Code::AccountKnown => "This account is here already.",
        Code::TooManyAccounts { max } => {
            return Text::from(format!("Not more than {max} accounts."));
        }
        Code::AccountHasMandate => {
            "A mandate was signed for this account: it stays, so that it is known what was signed."
        }
        Code::NotAReference { max } => {
            return Text::from(format!(
                "A reference has up to {max} signs: letters without accents, digits, spaces and / - ? : ( ) . , ' +, with no slash at the beginning or the end, and no two slashes together."
            ));
        }
        Code::ReferenceTaken => "Another mandate has this reference.",
        Code::MandateEnded => "This mandate was not used for three years: it has ended by itself.",
        Code::TooManyMandates { max } => {
            return Text::from(format!("No more than {max} mandates."));
        }
        Code::NotACreditorId => "This is not a SEPA creditor identifier.",
        Code::KindNameTaken => "Another kind of dues has this name already.",
        Code::KindArchived => "This kind of dues is archived: it is offered no more.",
        Code::DefaultKindNotFree => "These are the default dues: they cannot be free.",
        Code::DefaultKindNotArchived => "These are the default dues: choose others first.",
        Code::FreeKindNoAmount => "Free dues have no amount.",
        Code::TooManyKinds { max } => {
            return format!("There are {max} kinds of dues already: that is as many as can be.")
                .into();
        }
        Code::PayerIsSelf => "Every member pays for themselves: there is nothing to say.",
        Code::PayerHasPayer => "Somebody else pays for this person or organisation already.",
        Code::PaysForOthers => "This member pays for others: nobody can pay for them.",
        Code::CrewManagesTypes => {
            "This crew manages types of services: give them to another one first."
        }
        Code::NotMonths { max } => return format!("A number of months, from 1 to {max}.").into(),
        Code::TypeNameTaken => "Another type of services has this name already.",
        Code::TypeArchived => "This type is archived: no new services are made of it.",
        Code::TooManyTypes { max } => {
            return format!(
                "There are {max} types of services already: that is as many as can be."
            )
            .into();
        }
        Code::NotAnAddress => {
            "This is neither an address nor a prefix. Examples: 192.0.2.5, 192.0.2.0/24, 2001:db8::/48."
        }
        Code::NotANetwork { right } => {
            return format!("A prefix is written by its first address: {right}.").into();
        }
        Code::NotARange => "Write the first and the last address: 192.0.2.1 - 192.0.2.9.",
        Code::NotATime => "This is no time of the day. Example: 14:30.",
        Code::TimeUnclear => {
            "That night the clocks were changed: this time was there twice, or not at all. Choose another one, or universal time (UTC)."
        }
        Code::PrefixTooLarge { min } => {
            return format!("This is too large: a /{min} at most.").into();
        }
        Code::WrongLength { min, max } => {
            return format!("Write a length between /{min} and /{max}.").into();
        }
        Code::TooManyPrefixes { max } => {
            return format!("There are {max} already: as many as can be.").into();
        }
        Code::PrefixTaken => "This prefix is there already.",
        Code::PrefixInUse => "Addresses of this prefix were given: it stays, for the history.",
        Code::OutsidePrefix => "This is not in the prefix, or not all of it.",
        Code::AddressOutOfReach => "This address is in no prefix that is for this service.",
        Code::AddressReserved => "This address is reserved: it is not given.",
        Code::AddressTaken => "Another service has this address at that time.",
        Code::AddressLater => "This service gets an address after that day.",
        Code::NoneFree => "Nothing is free in this prefix any more.",
        Code::TypeWithoutAddresses => "Services of this type have no addresses.",
        Code::AllocationOver => "This has ended already: history does not change.",
        Code::AllocationStays => {
            "It was given more than an hour ago: it stays in the history. Take the address back."
        }
        Code::NotANumber => "This is not a number. For example: 12 or 12.5.",
        Code::FieldNameTaken => "Another field has this name already.",
        Code::TooManyFields { max } => {
            return format!("There are {max} fields already: that is as many as can be.").into();
        }
        Code::TooManyChoices { max } => return format!("{max} answers at most.").into(),
        Code::ChoiceTwice => "Two answers have the same name.",
        Code::ChoiceInUse => {
            "This answer was given: it can have another name, but it does not go away."
        }
        Code::FieldHasValues { count } => {
            return format!(
                "This field is filled in {count} times: it can be archived, not deleted."
            )
            .into();
        }
        Code::FieldOfOthers => {
            "This kind of object does not have this field: leave the cell empty."
        }
        Code::UnknownType => "Your crews have no type of this name.",
        Code::UnknownService => "Your crews do not have this service.",
        Code::SeveralServices => "Several services of this type have this name.",
        Code::SeveralMembers => "Several members have this name: give the number.",
        Code::ServiceTaken => "Somebody has this service in that time.",
        Code::ServiceClosed => "This service is closed in that time.",
        Code::NotTheHolder => "This member never had this service.",
        Code::HoldingPaid => {
            "A payment was entered for this service and this member: give it a last day."
        }
        Code::PaymentFrozen => "What was validated does not change any more, for anyone.",
        Code::OwnEntry => "You entered it: somebody else must validate it.",
        Code::AlreadyValidated => "This payment is validated already.",
        Code::NotValidatedYet => {
            "This payment is not validated: it can still be changed or deleted."
        }
        Code::AlreadyReversed => "This payment is reversed already, or its reversal is waiting.",
        Code::IsReversal => "A reversal is not reversed: enter a new payment.",
        Code::NothingSelected => "Nothing is selected. Tick at least one payment.",
        Code::TooManySelected { max } => return format!("At most {max} at once.").into(),
        Code::FileEmpty => "The file is empty.",
        Code::FileNotText => {
            "This is not a CSV file. Export your list as CSV, not as a spreadsheet."
        }
        Code::FileBroken { line } => {
            return format!(
                "The file is broken at line {line}: a quote is not closed. Nothing was imported."
            )
            .into();
        }
        Code::TooManyRows { max } => {
            return format!("The file has too many rows: {max} at most. Cut it in two.").into();
        }
        Code::TooManyColumns { max } => {
            return format!("The file has too many columns: {max} at most.").into();
        }
        Code::FileOfTotals => {
            "This file gives totals, not members. Export the list of members or of subscriptions instead."
        }
        Code::RowLength { .. } => "This row has more or fewer cells than there are columns.",
        Code::NoMemberYet => "This person has asked to join, but is no member yet.",
        Code::ColumnMissing => {
            "No column says who the member is. Choose at least a name or a number."
        }
        Code::ColumnTwice => "Two columns say the same thing.",
        Code::RowWithoutMember => "This row does not say which member it is about.",
        Code::RowTwice { line } => {
            return format!("This member stands on line {line} already, differently.").into();
        }
        Code::ReferenceOfAnother => "This number is another member's.",
        Code::RowsWithProblems { rows } => {
            return format!("Rows with a problem: {rows}. Nothing was imported.").into();
        }
        Code::ImportApplied => "This import is done already.",
        Code::NothingToImport => "There is nothing to import.",
        Code::ImportUsed { .. } => "This import cannot be undone any more: it was built upon.",
        Code::ImportNotUndoable => "This import cannot be undone, or is undone already.",
        Code::ImportRunning => "Another import is running. Try again when it has finished.",
        Code::ExportTooLarge { max } => {
            return format!(
                "The list is too long for one file: {} rows at most. Filter it, and export it in several parts.",
                Locale::En.count(*max)
            )
            .into();
        }
        Code::NotSteps { max, days } => {
            return format!(
                "Write 1 to {max} numbers of days, from −{days} to +{days}: “−30, −7, +7”."
            )
            .into();
        }
        Code::TemplateSyntax { line } => {
            return format!("Line {line}: the braces or the conditions do not fit together. Each “{{% if … %}}” is closed by “{{% endif %}}”.").into();
        }
        Code::TemplateTag { line } => {
            return format!(
                "Line {line}: in braces there is a name of the list or a condition, nothing else."
            )
            .into();
        }
        Code::TemplateVariable { line, name } => {
            return format!("Line {line}: there is no “{name}”. The list stands below the form.")
                .into();
        }
        Code::MailNotSetUp => {
            "Mail is not set up: whoever runs this site has to name a mail server."
        }
        Code::MailOff => "Mail is off for your organisation. It is turned on in the settings.",
        Code::PluginNameTaken => "Another plugin has this name.",
        Code::TooManyPlugins { max } => {
            return format!("There are {max} plugins already: that is as many as can be.").into();
        }
        Code::PluginNotHere => "This server does not have this plugin.",
        Code::PluginSeesMore => {
            "You do not see all services: for a plugin to be told of them, be in every crew that manages some."
        }
        Code::NotAUrl => "This is no address. It begins with https:// (or http://).",
        Code::NotAllowedHere => "Whoever runs the server has not allowed it.",
        Code::NotADomain => "This is no name of a domain, as lists.example.org.",
        Code::NotAPath => {
            "This is no path: it begins with / and has only letters, digits, dots, hyphens and underscores."
        }
        Code::NotAWebhookSecret => {
            "This is no signing secret: whsec_, then 24 bytes or more in base64."
        }
        Code::NoSuchProgram => "There is no program of this name where the server looks for them.",
        Code::SecretKeyMissing => {
            "The key that protects secrets is missing on the server: none can be kept. Whoever runs the server makes it with “equipage secrets new”."
        }
        Code::PluginIsOff => "It is switched off. Switch it on first, then try again.",
        Code::TemplateFails { line: 0, said } => {
            return format!("The template makes no text: {said}.").into();
        }
        Code::TemplateFails { line, said } => {
            return format!("Line {line} of the template: {said}.").into();
        }
        Code::ConfigLine { line } => {
            return format!("Line {line}: write “name = value”, each name once, in small letters.")
                .into();
        }
        Code::NotAFilePath => {
            "This is no name of a file: letters without accents, digits, dots, hyphens and underscores, with / between folders, and nothing that begins with a dot."
        }
        Code::FilePathTaken => "Another extraction writes this file.",
        Code::NotAFileMode => {
            "This is no mode of a file, like 0644 or 0640: nobody runs it, and its owner can read it."
        }
        Code::NotAFileOwner => "This is no owner, like “root:adm”.",
        Code::OwnerNotAllowed => "Whoever runs the server has not allowed this owner.",
        Code::TooMuchToRead { max } => {
            return format!(
                "There are more than {} rows of a kind to read: too many for a template.",
                Locale::En.count(*max)
            )
            .into();
        }
        Code::UnknownTenant => "No organisation answers at this address.",
        Code::SlugTaken => "This name is taken.",
        Code::ProofRunning => "A proof is being made: there is one at a time. Come back when it is done.",
        Code::ProofTooLong { minutes } => return format!("The proof did not end within {minutes} minutes: it says nothing. Try again at a quieter hour.").into(),
        #[cfg(not(feature = "ssr"))]
        _ => "",
    };
    Text::Borrowed(text)
}
