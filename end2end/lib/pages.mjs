// The pages that there are, by role. Ids are looked up where the links to them stand.

/** Who there is: the tenant's people, from the one who may the least on. */
export const ROLES = ["lea", "tom", "claire", "ines"];

const CREW = ["/", "/members", "/members?standing=late", "/members?q=zzzz", "/members?extra_papier=yes", "/people", "/payments", "/payments?q=zzzz", "/payments/queue", "/dues", "/receipts", "/receipts?year=1999", "/crews", "/services", "/reminders", "/reminders?why=not_yet", "/addresses", "/addresses?q=198.51.100.3", "/statistics"];
const EVERYBODY = ["/me", "/me/data", "/account"];
const MORE = {
  lea: [],
  tom: ["/members/new", "/members/import", "/people/new", "/payments/new", "/services?state=late", "/services?q=zzzz", "/services/new", "/services/import", "/service-types"],
  claire: ["/payments/new"],
  ines: ["/addresses/new", "/addresses/who", "/settings", "/settings/fields", "/settings/fields/new", "/settings/plugins", "/settings/plugins/new", "/settings/plugins/new?kind=webhook", "/journal", "/settings/mail", "/settings/mail/text?stage=after&locale=fr", "/audit", "/audit/integrity", "/dues/new", "/crews/new", "/service-types", "/service-types/new"],
};

/** Paths of all pages that somebody can open; the person must be signed in. */
export async function pagesOf(person, role) {
  const pages = [...EVERYBODY, ...MORE[role]];
  pages.push(await someLink(person, role === "lea" ? "/me" : "/receipts", "/receipts"));
  if (role === "lea") return pages;
  const member = await someLink(person, "/members", "/members");
  const party = await someLink(person, "/people", "/people");
  pages.push(...CREW, member, party);
  if (role === "tom") pages.push(`${party}/edit`, `${party}/bank`, `${member}/edit`, `${member}/dues`, await togetherOf(person));
  if (role === "tom") pages.push(...await servicesOf(person));
  const somebody = await someLink(person, "/people?kind=person", "/people");
  if (role === "ines") pages.push(`${somebody}/data`, `${somebody}/erase`);
  if (role === "ines") pages.push(await someLink(person, "/dues", "/dues"), await someLink(person, "/service-types", "/service-types"), await someLink(person, "/settings/fields", "/settings/fields"));
  const prefix = await someLink(person, "/addresses?q=VPN", "/addresses");
  pages.push(prefix);
  if (role === "ines") pages.push(`${prefix}/edit`);
  // Somebody with a login and rights, and the crew that gives them.
  const crew = await someLink(person, "/crews", "/crews");
  pages.push(crew, await someLink(person, crew, "/people"));
  for (const payment of await onePerStatus(person)) {
    pages.push(payment);
    // The forms of a payment are pages where its own page leads to them.
    const { body } = await person.send({ path: payment });
    pages.push(...["edit", "reverse"].map((end) => `${payment}/${end}`).filter((path) => body.includes(`href="${path}"`)));
  }
  return pages;
}

/** A service that somebody has and one in stock, with their forms. */
async function servicesOf(person) {
  const held = await someLink(person, "/services?state=in_use", "/services");
  const stock = await someLink(person, "/services?state=available", "/services");
  const { body } = await person.send({ path: held });
  const holding = body.match(new RegExp(`href="(${held}/holdings/${UUID})"`))[1];
  const network = body.match(new RegExp(`href="(${held}/addresses/${UUID})"`))[1];
  return [network, `${held}/addresses/new`, held, stock, `${held}/edit`, `${stock}/give`, holding, `/payments/new?service=${held.split("/").pop()}`];
}

/** The page where somebody pays for several members. */
export async function togetherOf(person) {
  const { body } = await person.send({ path: "/members?q=1006" });
  const member = body.match(new RegExp(`href="(/members/${UUID})"`))[1];
  const page = await person.send({ path: member });
  return page.body.match(/href="(\/payments\/together\?payer=[^"]+)"/)[1];
}

/** One payment for each status that there is: a draft, a validated one, a reversed one, its reversal … */
async function onePerStatus(person) {
  const found = new Map();
  for (const list of ["/payments?state=draft", "/payments?state=validated"]) {
    const { body } = await person.send({ path: list });
    for (const row of body.split("<tr").slice(1)) {
      const payment = row.match(new RegExp(`href="(/payments/${UUID})"`))?.[1];
      const status = row.match(/class="badge[^"]*">([^<]+)</)?.[1];
      if (payment && status && !found.has(status)) found.set(status, payment);
    }
  }
  return found.values();
}

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

/** The first link on a page that leads to one thing of a kind. */
export async function someLink(person, page, kind) {
  const { body } = await person.send({ path: page });
  const found = body.match(new RegExp(`href="(${kind}/${UUID})"`));
  if (!found) throw new Error(`${page} links to no ${kind}/…`);
  return found[1];
}
