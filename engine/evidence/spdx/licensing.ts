/** Licences of SPDX 3 elements (profiles SimpleLicensing and ExpandedLicensing) as one expression. */
import { joinLicenses } from "../../../language/domains/license.ts";
import { text } from "../raw.ts";
import { all, idOf, type Nodes } from "./nodes.ts";

/** Sets of sets deeper than this, and expressions longer than this, are not written by anything. */
const deepest = 50;
const longest = 20_000;

/** A licence that is there and cannot be written as an expression. */
export class Unreadable {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** What is written with a licence's own name in it, which need not be a word of expressions. */
export class Named {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An expression, `NOASSERTION` and `NONE` for the individuals of the model; undefined where it is no licence. */
export type LicenseText = string | Named | Unreadable | undefined;

const tooLong = new Unreadable(`a licence expression of SPDX 3 has at most ${longest} characters here`);
const tooDeep = new Unreadable(`licence sets of SPDX 3 stand in one another at most ${deepest} deep here`);
const inItself = new Unreadable("it is a part of itself");

/** Reads what an element of licensing stands for, each element once. */
export function licenseTexts(nodes: Nodes): (value: unknown) => LicenseText {
  const known = new Map<string, LicenseText>();
  const read = (value: unknown, depth: number): LicenseText => {
    const id = idOf(value);
    if (id === undefined) return written(value, depth);
    if (!known.has(id)) {
      known.set(id, inItself);
      known.set(id, written(value, depth));
    }
    return known.get(id);
  };
  const written = (value: unknown, depth: number): LicenseText => {
    if (depth > deepest) return tooDeep;
    const found = expressionOf(value, nodes, (inner) => read(inner, depth + 1));
    const text = found instanceof Named ? found.text : found;
    return typeof text === "string" && text.length > longest ? tooLong : found;
  };
  return (value) => read(value, 0);
}

function expressionOf(value: unknown, nodes: Nodes, inner: (member: unknown) => LicenseText): LicenseText {
  const id = idOf(value) ?? "";
  if (/NoAssertion(?:License|Element)?$/.test(id)) return "NOASSERTION";
  if (/\/None$|None(?:License|Element)$/.test(id)) return "NONE";
  const json = nodes.resolve(value);
  if (!json) return /^https:\/\/spdx\.org\/licenses\/([^/]+)$/.exec(id)?.[1];
  const set = (joiner: string): LicenseText => {
    const members: string[] = [];
    let length = 0;
    let isNamed = false;
    for (const member of all(json["expandedlicensing_member"])) {
      const found = inner(member);
      if (found === undefined || found instanceof Unreadable) return found;
      isNamed ||= found instanceof Named;
      const text = typeof found === "string" ? found : found.text;
      length += text.length;
      if (length > longest) return tooLong;
      members.push(text);
    }
    const text = `(${members.join(joiner)})`;
    return members.length === 0 ? undefined : isNamed ? new Named(text) : text;
  };
  const suffixed = (subject: LicenseText, suffix: string): LicenseText => {
    if (subject instanceof Named) return new Named(`${subject.text}${suffix}`);
    return typeof subject === "string" ? `${subject}${suffix}` : subject;
  };
  switch (json["type"]) {
    case "simplelicensing_LicenseExpression":
      return readable(text(json["simplelicensing_licenseExpression"]));
    case "simplelicensing_SimpleLicensingText":
    case "expandedlicensing_CustomLicense": {
      const name = text(json["name"]) ?? lastPart(id);
      return name === undefined ? undefined : new Named(name);
    }
    case "expandedlicensing_ListedLicense":
      return lastPart(id);
    case "expandedlicensing_ConjunctiveLicenseSet":
      return set(" AND ");
    case "expandedlicensing_DisjunctiveLicenseSet":
      return set(" OR ");
    case "expandedlicensing_OrLaterOperator":
      return suffixed(inner(json["expandedlicensing_subjectLicense"]), "+");
    case "expandedlicensing_WithAdditionOperator": {
      const subject = inner(json["expandedlicensing_subjectExtendableLicense"]);
      const addition = lastPart(idOf(json["expandedlicensing_subjectAddition"]) ?? "");
      return addition === undefined && !(subject instanceof Unreadable) ? undefined : suffixed(subject, ` WITH ${addition}`);
    }
    default:
      return undefined;
  }
}

/** In a set, what is around a broken expression could make it another one that is whole. */
function readable(written: string | undefined): LicenseText {
  if (written === undefined) return undefined;
  const [broken] = joinLicenses([{ kind: "expression", text: written }]).unreadable;
  return broken === undefined ? written : new Unreadable(broken.why);
}

function lastPart(id: string): string | undefined {
  return text(id.slice(Math.max(id.lastIndexOf("/"), id.lastIndexOf("#")) + 1));
}
