//! The product's own texts of reminders, where an organisation has written none.

use super::{Stage, Template};
use crate::kernel::Locale;

/// The product's own text.
pub fn default(stage: Stage, locale: Locale) -> Template {
    let (subject, body) = match (stage, locale) {
        (Stage::Before, Locale::Fr) => (BEFORE_SUBJECT_FR, BEFORE_FR),
        (Stage::Before, Locale::En) => (BEFORE_SUBJECT_EN, BEFORE_EN),
        (Stage::After, Locale::Fr) => (AFTER_SUBJECT_FR, AFTER_FR),
        (Stage::After, Locale::En) => (AFTER_SUBJECT_EN, AFTER_EN),
    };
    Template {
        subject: subject.to_owned(),
        body: body.trim().to_owned(),
    }
}

const BEFORE_SUBJECT_FR: &str =
    "{{ organisation }} : cotisation à renouveler avant le {{ paid_until }}";
const BEFORE_FR: &str = "
Bonjour {{ name }},

{% if for_other %}La cotisation de {{ member }}{% else %}Votre cotisation{% endif %} à {{ organisation }} est payée jusqu’au {{ paid_until }}.

Pour la suite : {{ amount }}, pour la période {{ period }}.
{% if iban %}
Par virement :
IBAN : {{ iban }}
Référence à indiquer : {{ reference }}
{% endif %}
Le détail, et un code à scanner avec votre banque : {{ page }}

Vous avez déjà payé ? Alors tout va bien, il nous reste à l’enregistrer.

Merci,
{{ organisation }}

Vous ne voulez plus de ces rappels ? Une case de votre page les arrête.
";
const AFTER_SUBJECT_FR: &str = "{{ organisation }} : cotisation à payer";
const AFTER_FR: &str = "
Bonjour {{ name }},

{% if paid_until %}{% if for_other %}La cotisation de {{ member }}{% else %}Votre cotisation{% endif %} à {{ organisation }} était payée jusqu’au {{ paid_until }}, et nous n’avons rien reçu depuis.{% else %}Nous n’avons pas encore reçu {% if for_other %}la cotisation de {{ member }}{% else %}votre cotisation{% endif %} à {{ organisation }}.{% endif %}

À payer : {{ amount }}, pour la période {{ period }}.
{% if iban %}
Par virement :
IBAN : {{ iban }}
Référence à indiquer : {{ reference }}
{% endif %}
Le détail, et un code à scanner avec votre banque : {{ page }}

Vous avez déjà payé ? Alors tout va bien, il nous reste à l’enregistrer. Une difficulté ? Répondez à ce message.

Merci,
{{ organisation }}

Vous ne voulez plus de ces rappels ? Une case de votre page les arrête.
";
const BEFORE_SUBJECT_EN: &str = "{{ organisation }}: dues to renew before {{ paid_until }}";
const BEFORE_EN: &str = "
Hello {{ name }},

{% if for_other %}The dues of {{ member }}{% else %}Your dues{% endif %} at {{ organisation }} are paid until {{ paid_until }}.

What comes next: {{ amount }}, for {{ period }}.
{% if iban %}
By transfer:
IBAN: {{ iban }}
Reference to give: {{ reference }}
{% endif %}
The details, and a code to scan with your bank: {{ page }}

Have you paid already? Then all is well, and it is for us to note it down.

Thank you,
{{ organisation }}

No more reminders? A box on your page stops them.
";
const AFTER_SUBJECT_EN: &str = "{{ organisation }}: dues to pay";
const AFTER_EN: &str = "
Hello {{ name }},

{% if paid_until %}{% if for_other %}The dues of {{ member }}{% else %}Your dues{% endif %} at {{ organisation }} were paid until {{ paid_until }}, and nothing has come since.{% else %}We have not received {% if for_other %}the dues of {{ member }}{% else %}your dues{% endif %} at {{ organisation }} yet.{% endif %}

To pay: {{ amount }}, for {{ period }}.
{% if iban %}
By transfer:
IBAN: {{ iban }}
Reference to give: {{ reference }}
{% endif %}
The details, and a code to scan with your bank: {{ page }}

Have you paid already? Then all is well, and it is for us to note it down. Is it difficult? Answer this message.

Thank you,
{{ organisation }}

No more reminders? A box on your page stops them.
";
