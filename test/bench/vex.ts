/** `waybill vex decide` on what VEX Hub publishes, replicated over other products, against reading, parsing and validating the same files. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { grypeOf, type Match } from "./documents.ts";
import type { Bar } from "./measure.ts";
import { type Command, type Cost, costs, megabytes, runNode, seconds, type Workshop } from "./processes.ts";

const hub = new URL("../../../shared/corpus/vexhub/", import.meta.url);
const size = { findings: 20_000, statements: 15_000 };
/** The product with the most statements; the version is of our own. */
const subject = "pkg:golang/github.com/harvester/node-disk-manager@v0.6.0";

interface Named {
  readonly "@id": string;
}
interface Statement {
  readonly vulnerability: { readonly name: string };
  readonly products: readonly (Named & { readonly subcomponents?: readonly Named[] })[];
}
interface Document {
  readonly "@id": string;
  readonly statements: readonly Statement[];
}

function published(): readonly Document[] {
  const names = readdirSync(hub).filter((name) => name.endsWith(".openvex.json"));
  return names.sort().map((name) => JSON.parse(readFileSync(new URL(name, hub), "utf8")) as Document);
}

/** The same statements about another product: of the first copy nothing is changed. */
function about(copy: number, statement: Statement): Statement {
  const rename = (id: string): string =>
    copy === 0 ? id : id.replace(/(?=[?@]|$)/, `-${copy}`).replace(/(repository_url=[^&]*)/, `$1-${copy}`);
  return { ...statement, products: statement.products.map((product) => ({ ...product, "@id": rename(product["@id"]) })) };
}

/** Each document, with its statements about as many products as make `count` of all documents. */
function replicated(documents: readonly Document[], count: number): readonly Document[] {
  const all = documents.reduce((sum, { statements }) => sum + statements.length, 0);
  let left = count;
  return documents.map((document, index) => {
    const wanted = index === documents.length - 1 ? left : Math.round((document.statements.length * count) / all);
    left -= wanted;
    const statements = Array.from({ length: wanted }, (_, at) => {
      const { statements: own } = document;
      return about(Math.floor(at / own.length), own[at % own.length] as Statement);
    });
    return { ...document, "@id": `${document["@id"]}#${index}`, statements };
  });
}

/**
 * Findings of what the statements are about, again and again in other places of the artifact. Every second time the component
 * is of a version that no statement names.
 */
function found(documents: readonly Document[], count: number): readonly Match[] {
  const named = documents.flatMap(({ statements }) =>
    statements.flatMap(({ vulnerability, products }) => {
      const component = products[0]?.subcomponents?.[0]?.["@id"];
      return component === undefined ? [] : [{ id: vulnerability.name, component }];
    }),
  );
  return Array.from({ length: count }, (_, index) => {
    const { id = "", component = "" } = named[index % named.length] ?? {};
    const round = Math.floor(index / named.length);
    const at = component.lastIndexOf("@");
    const [path = "", version = "1.0.0"] = at < 0 ? [component] : [component.slice(0, at), component.slice(at + 1)];
    const own = round % 2 === 0 ? version : `${version}-${round}`;
    return { id, name: path.slice(path.indexOf("/") + 1), version: own, purl: `${path}@${own}` };
  });
}

interface Product {
  readonly scan: string;
  readonly vex: readonly string[];
}

export function written(workshop: Workshop, statements: number): Product {
  const folder = join(workshop.folder, `vex-${statements}`);
  mkdirSync(folder);
  const documents = published();
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    scan: write("scan.json", grypeOf(found(documents, size.findings))),
    vex: replicated(documents, statements).map((document, index) => write(`${index}.openvex.json`, JSON.stringify(document))),
  };
}

export function vexBars(workshop: Workshop, rounds = 9): readonly (Bar | { readonly work: string; readonly skipped: string })[] {
  if (!existsSync(hub)) return [{ work: "vex decide", skipped: `${fileURLToPath(new URL(".", hub))} is not beside the checkout` }];
  const once = written(workshop, size.statements);
  const twice = written(workshop, 2 * size.statements);
  const decide = ({ scan, vex }: Product, ...more: readonly string[]): Command => ({
    words: [workshop.waybill, "vex", "decide", "--claimed", "-s", subject, "-e", scan, ...vex, ...more],
    codes: [1],
  });
  const valid = ({ scan, vex }: Product): Command => ({
    words: [workshop.peer, "valid", `${scan}=grype-report`, ...vex.map((path) => `${path}=openvex-0.2.0`)],
  });
  const schema = (path: string): string => fileURLToPath(new URL(`../../engine/evidence/${path}.schema.json`, import.meta.url));
  const ajv = ({ scan, vex }: Product): Command => ({
    words: [
      workshop.peer,
      "ajv",
      `${scan}=${schema("grype/grype-report")}`,
      ...vex.map((path) => `${path}=${schema("openvex/openvex-0.2.0")}`),
    ],
  });
  const account =
    (command: Command): (() => Cost) =>
    () =>
      runNode(command, workshop, true);
  const cost = costs(
    {
      valid: account(valid(once)),
      decide: account(decide(once)),
      json: account(decide(once, "--format", "json")),
      idle: account({ words: [workshop.peer, "idle"] }),
      twice: account(decide(twice)),
    },
    rounds,
  );
  // It takes seconds, nearly all of them to compare each statement with each.
  const library = costs({ ajv: account(ajv(once)) }, 1).ajv;
  const held = (of: Cost): number => of.peak - cost.idle.peak;
  const spent = (of: Cost): string => `${seconds(of.cpu)} of processor (${seconds(of.wall)} passed)`;
  return [
    {
      work: "vex decide of 20,000 findings by 15,000 statements / parse + schema",
      ratio: cost.decide.cpu / cost.valid.cpu,
      direction: "<=",
      bar: 1.5,
      detail: `${spent(cost.decide)} against ${spent(cost.valid)}; every verdict as JSON ${spent(cost.json)}`,
    },
    {
      work: "the same / parse + schema by ajv as it comes",
      ratio: cost.decide.cpu / library.cpu,
      direction: "<=",
      bar: 1.5,
      detail: `${spent(cost.decide)} against ${spent(library)}, one run`,
    },
    {
      work: "its peak memory over an idle Node / parse + schema",
      ratio: held(cost.decide) / held(cost.valid),
      direction: "<=",
      bar: 3,
      detail: `${megabytes(held(cost.decide))} against ${megabytes(held(cost.valid))}; as JSON ${megabytes(held(cost.json))}`,
    },
    {
      work: "twice the statements / once",
      ratio: cost.twice.cpu / cost.decide.cpu,
      direction: "<=",
      bar: 2.2,
      detail: `${spent(cost.twice)} against ${spent(cost.decide)}`,
    },
  ];
}
