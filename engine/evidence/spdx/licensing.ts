/** Licences of SPDX 3 elements (profiles SimpleLicensing and ExpandedLicensing) as one expression. */
import { text } from "../raw.ts";
import { all, idOf, type Nodes } from "./nodes.ts";

/** Sets of sets deeper than this, and expressions longer than this, are not written by anything. */
const deepest = 50;
const longest = 20_000;

/**
 * Reads what an element of licensing stands for, each element once: `NOASSERTION` and `NONE` for the individuals of the
 * model, undefined where it is no licence, or one that holds itself.
 */
export function licenseTexts(nodes: Nodes): (value: unknown) => string | undefined {
  const known = new Map<string, string | undefined>();
  const read = (value: unknown, depth: number): string | undefined => {
    const id = idOf(value);
    if (id === undefined) return written(value, depth);
    if (!known.has(id)) {
      known.set(id, undefined);
      known.set(id, written(value, depth));
    }
    return known.get(id);
  };
  const written = (value: unknown, depth: number): string | undefined => {
    if (depth > deepest) return undefined;
    const text = expressionOf(value, nodes, (inner) => read(inner, depth + 1));
    return text === undefined || text.length > longest ? undefined : text;
  };
  return (value) => read(value, 0);
}

function expressionOf(value: unknown, nodes: Nodes, inner: (member: unknown) => string | undefined): string | undefined {
  const id = idOf(value) ?? "";
  if (/NoAssertion(?:License|Element)?$/.test(id)) return "NOASSERTION";
  if (/\/None$|None(?:License|Element)$/.test(id)) return "NONE";
  const json = nodes.resolve(value);
  if (!json) return /^https:\/\/spdx\.org\/licenses\/([^/]+)$/.exec(id)?.[1];
  const set = (joiner: string): string | undefined => {
    const members: string[] = [];
    let length = 0;
    for (const member of all(json["expandedlicensing_member"])) {
      const text = inner(member);
      length += text?.length ?? 0;
      if (text === undefined || length > longest) return undefined;
      members.push(text);
    }
    return members.length === 0 ? undefined : `(${members.join(joiner)})`;
  };
  switch (json["type"]) {
    case "simplelicensing_LicenseExpression":
      return text(json["simplelicensing_licenseExpression"]);
    case "simplelicensing_SimpleLicensingText":
    case "expandedlicensing_CustomLicense":
      return text(json["name"]) ?? lastPart(id);
    case "expandedlicensing_ListedLicense":
      return lastPart(id);
    case "expandedlicensing_ConjunctiveLicenseSet":
      return set(" AND ");
    case "expandedlicensing_DisjunctiveLicenseSet":
      return set(" OR ");
    case "expandedlicensing_OrLaterOperator": {
      const subject = inner(json["expandedlicensing_subjectLicense"]);
      return subject === undefined ? undefined : `${subject}+`;
    }
    case "expandedlicensing_WithAdditionOperator": {
      const subject = inner(json["expandedlicensing_subjectExtendableLicense"]);
      const addition = lastPart(idOf(json["expandedlicensing_subjectAddition"]) ?? "");
      return subject === undefined || addition === undefined ? undefined : `${subject} WITH ${addition}`;
    }
    default:
      return undefined;
  }
}

function lastPart(id: string): string | undefined {
  return text(id.slice(Math.max(id.lastIndexOf("/"), id.lastIndexOf("#")) + 1));
}
