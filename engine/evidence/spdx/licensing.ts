/** Licences of SPDX 3 elements (profiles SimpleLicensing and ExpandedLicensing) as one expression. */
import { text } from "../raw.ts";
import { all, idOf, type Nodes } from "./nodes.ts";

/** Sets of sets deeper than this are not written by anything. */
const deepest = 50;

/**
 * The expression that an element of licensing stands for: `NOASSERTION` and `NONE` for the individuals of the model,
 * undefined where it is no licence.
 */
export function licenseText(value: unknown, nodes: Nodes, depth = 0): string | undefined {
  const id = idOf(value) ?? "";
  if (/NoAssertion(?:License|Element)?$/.test(id)) return "NOASSERTION";
  if (/\/None$|None(?:License|Element)$/.test(id)) return "NONE";
  const json = nodes.resolve(value);
  if (!json) return /^https:\/\/spdx\.org\/licenses\/([^/]+)$/.exec(id)?.[1];
  if (depth > deepest) return undefined;
  const inner = (member: unknown): string | undefined => licenseText(member, nodes, depth + 1);
  const set = (joiner: string): string | undefined => {
    const members = all(json["expandedlicensing_member"]).map(inner);
    return members.length === 0 || members.includes(undefined) ? undefined : `(${members.join(joiner)})`;
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
