//! The extractions that ship: where to begin. What an organisation makes of one is its own.

use crate::fields::On;
use crate::plugins::{DeclaredField, ObjectKind, Said};

/// An extraction to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its name on the command line, and that of its file.
    pub kind: &'static str,
    /// What it makes.
    pub about: Said,
    /// What makes the text.
    pub template: &'static str,
    /// The default configuration, as it is typed.
    pub config: &'static str,
    /// The characters that no value may bring.
    pub without: &'static str,
    /// What it is made of.
    pub reads: &'static [ObjectKind],
    /// Fields that come before its configuration.
    pub fields: &'static [DeclaredField],
}

/// The added field of a person that says which shell they have; system accounts ask for the same.
pub const SHELL: DeclaredField = DeclaredField {
    on: On::Person,
    slug: "shell",
    label: Said {
        fr: "Interpréteur",
        en: "Shell",
    },
    help: Said {
        fr: "Pour le compte système, par exemple /bin/zsh.",
        en: "For the system account, for example /bin/zsh.",
    },
};

const HOSTNAME: DeclaredField = DeclaredField {
    on: On::Service,
    slug: "hostname",
    label: Said {
        fr: "Nom d’hôte",
        en: "Host name",
    },
    help: Said {
        fr: "Son nom dans la zone DNS. Vide : d’après le libellé.",
        en: "Its name in the DNS zone. Empty: after the label.",
    },
};

const MAC: DeclaredField = DeclaredField {
    on: On::Service,
    slug: "mac",
    label: Said {
        fr: "Adresse MAC",
        en: "MAC address",
    },
    help: Said {
        fr: "De l’appareil qui reçoit l’adresse, par exemple 02:00:5e:10:00:01.",
        en: "Of the device that gets the address, for example 02:00:5e:10:00:01.",
    },
};

/// All of them.
pub static SHIPPED: [Shipped; 6] = [
    Shipped {
        kind: "passwd",
        about: Said {
            fr: "Les comptes Unix : un par personne qui peut se connecter",
            en: "Unix accounts: one for each person who can sign in",
        },
        template: include_str!("shipped/passwd.txt"),
        config: "first_number = 10000\ngroup = 100\nhome = /home/{login}\nshell = /bin/bash\n",
        without: ":",
        reads: &[ObjectKind::Person],
        fields: &[SHELL],
    },
    Shipped {
        kind: "group",
        about: Said {
            fr: "Les groupes Unix : un par équipe",
            en: "Unix groups: one for each crew",
        },
        template: include_str!("shipped/group.txt"),
        config: "first_number = 10000\n",
        without: ":",
        reads: &[ObjectKind::Person, ObjectKind::Crew],
        fields: &[],
    },
    Shipped {
        kind: "aliases",
        about: Said {
            fr: "Les adresses de courriel des équipes et des comptes (aliases)",
            en: "Mail aliases of crews and accounts",
        },
        template: include_str!("shipped/aliases.txt"),
        config: "",
        without: "|\"\\:/",
        reads: &[ObjectKind::Person, ObjectKind::Crew],
        fields: &[],
    },
    Shipped {
        kind: "zone",
        about: Said {
            fr: "Une zone DNS : les adresses des services qui sont à quelqu’un",
            en: "A DNS zone: the addresses of the services that somebody has",
        },
        template: include_str!("shipped/zone.txt"),
        config: "contact = hostmaster.example.org\nhostname =\nprimary = ns1.example.org\nttl = 3600\nzone = members.example.org\n",
        without: ";()\"\\",
        reads: &[ObjectKind::Service],
        fields: &[HOSTNAME],
    },
    Shipped {
        kind: "dhcp",
        about: Said {
            fr: "Une liste pour un serveur DHCP (ISC) : une adresse fixe par appareil",
            en: "A list for a DHCP server (ISC): a fixed address for each device",
        },
        template: include_str!("shipped/dhcp.txt"),
        config: "mac =\n",
        without: ";{}\"",
        reads: &[ObjectKind::Service],
        fields: &[MAC],
    },
    Shipped {
        kind: "firewall",
        about: Said {
            fr: "Des listes pour un pare-feu (nftables) : les adresses qui sont à quelqu’un",
            en: "Sets for a firewall (nftables): the addresses that somebody has",
        },
        template: include_str!("shipped/firewall.txt"),
        config: "set = holders\ntable = equipage\n",
        without: ";{}\"",
        reads: &[ObjectKind::Service],
        fields: &[],
    },
];

/// The one of a name.
pub fn shipped(kind: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|one| one.kind == kind)
}
