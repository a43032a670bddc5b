/**
 * What a record says was attached to an image. Its bytes are under their digest, and whoever writes a record chooses both: so
 * every field is read as one of a stranger.
 */
import type {
  Attached,
  Gap,
  Lookup,
  LookupKind,
  ManifestEvidence,
  PlatformImage,
  Unreached,
} from "../../../engine/evidence/oci/attached.ts";
import { type FaultKind, faultKinds, type RegistryFault } from "../../../engine/evidence/oci/fault.ts";
import { algorithmOf, type Platform } from "../../../engine/evidence/oci/manifest.ts";
import type { AttachedForm, Envelope, Noise } from "../../../engine/trust/verification.ts";
import type { Diagnostic, Level } from "../../../language/diagnostics/diagnostic.ts";
import { parseImageRef } from "../../../language/domains/image-ref.ts";
import { sha256 } from "./digest.ts";
import { booleanOf, countOf, type Json, listOf, Misshapen, objectOf, oneOf, optional, textOf, textsOf } from "./record-shape.ts";

/** A part of the record by its digest. */
export type Get = (digest: unknown) => Promise<Buffer>;

const kinds = { attached: true, unreached: true } as const;
const levels: Readonly<Record<Level, true>> = { error: true, warning: true, note: true };
const outcomes: Readonly<Record<Lookup["outcome"], true>> = { found: true, absent: true, failed: true };
const gapCauses: Readonly<Record<Gap["cause"], true>> = { transient: true, malformed: true };
const causes: Readonly<Record<RegistryFault["cause"], true>> = { ...gapCauses, missing: true };
const faults = Object.fromEntries(faultKinds.map((kind) => [kind, true])) as Readonly<Record<FaultKind, true>>;
const lookups: Readonly<Record<LookupKind, true>> = {
  manifest: true,
  referrers: true,
  "referrers-tag": true,
  "legacy-signature": true,
  "legacy-attestation": true,
  "attached-manifest": true,
  "attached-blob": true,
};
const forms: Readonly<Record<AttachedForm, true>> = {
  referrer: true,
  "referrers-tag": true,
  "legacy-signature": true,
  "legacy-attestation": true,
  layout: true,
  file: true,
};

/**
 * What was attached to the image that `reference` names, as it was named then; a digest in it is that of the manifest. Throws
 * `Misshapen`.
 */
export async function attachedOf(root: Json, reference: string, get: Get): Promise<Attached | Unreached> {
  const asked = {
    lookups: listOf(root["lookups"], "lookups").map(lookupOf),
    requests: countOf(root["requests"], "requests"),
    most: countOf(root["most"], "most"),
  };
  const own = textOf(root["reference"], "reference");
  const kind = oneOf(kinds, root["kind"], "kind");
  if (kind === "unreached") return { kind, reference: own, fault: faultOf(objectOf(root["fault"], "`fault`")), ...asked };
  const manifest = await manifestOf(root, get);
  const ref = parseImageRef(reference);
  if (!ref.ok) throw new Misshapen(`\`${reference}\` is no image, and something is attached to it`);
  if (ref.value.digest !== undefined && ref.value.digest !== manifest.digest)
    throw new Misshapen(`what is attached to \`${reference}\` was attached to \`${manifest.digest}\``);
  if (!own.endsWith(`@${manifest.digest}`)) throw new Misshapen(`\`${own}\` does not name \`${manifest.digest}\``);
  const looked = objectOf(root["forms"], "`forms`");
  return {
    kind,
    reference: own,
    ...manifest,
    isIndex: booleanOf(root["isIndex"], "isIndex"),
    children: await Promise.all(listOf(root["children"], "children").map((one) => childOf(one, get))),
    noise: listOf(root["noise"], "noise").map(noiseOf),
    gaps: listOf(root["gaps"], "gaps").map(gapOf),
    forms: { looked: formsOf(looked["looked"], "looked"), found: formsOf(looked["found"], "found") },
    ...asked,
  };
}

async function manifestOf(one: Json, get: Get): Promise<ManifestEvidence> {
  const envelopes = await Promise.all(listOf(one["envelopes"], "envelopes").map((envelope) => envelopeOf(envelope, get)));
  return { digest: digestOf(one["digest"], "digest"), ...optional(one, "configDigest", digestOf), envelopes };
}

async function childOf(one: Json, get: Get): Promise<PlatformImage> {
  return { ...(await manifestOf(one, get)), ...optional(one, "platform", platformOf) };
}

function platformOf(value: unknown): Platform {
  const one = objectOf(value, "`platform`");
  return {
    os: textOf(one["os"], "os"),
    architecture: textOf(one["architecture"], "architecture"),
    ...optional(one, "variant", textOf),
    ...optional(one, "osVersion", textOf),
  };
}

async function envelopeOf(one: Json, get: Get): Promise<Envelope> {
  const bytes = await get(one["blob"]);
  const digest = digestOf(one["digest"], "digest");
  if (sha256(bytes) !== digest) throw new Misshapen(`an envelope says that it is \`${digest}\`, and it is not`);
  const signing = one["simpleSigning"] === undefined ? undefined : objectOf(one["simpleSigning"], "`simpleSigning`");
  return {
    name: textOf(one["name"], "name"),
    digest,
    bytes,
    form: formOf(one["form"], "form"),
    ...(signing === undefined
      ? {}
      : {
          simpleSigning: {
            payload: await get(signing["payload"]),
            manifestDigest: textOf(signing["manifestDigest"], "manifestDigest"),
          },
        }),
  };
}

/** A digest in canonical form, of an algorithm that is checked. */
function digestOf(value: unknown, what: string): string {
  const text = textOf(value, what);
  if (algorithmOf(text) === undefined) throw new Misshapen(`\`${what}\` is no digest`);
  return text;
}

function formOf(value: unknown, what: string): AttachedForm {
  return oneOf(forms, value, what);
}

function formsOf(value: unknown, what: string): readonly AttachedForm[] {
  return textsOf(value, what).map((one) => formOf(one, what));
}

function lookupOf(one: Json): Lookup {
  return {
    what: oneOf(lookups, one["what"], "what"),
    of: textOf(one["of"], "of"),
    url: textOf(one["url"], "url"),
    outcome: oneOf(outcomes, one["outcome"], "outcome"),
    ...optional(one, "cause", (value, what) => oneOf(causes, value, what)),
    ...optional(one, "detail", textOf),
  };
}

function noiseOf(one: Json): Noise {
  return { name: textOf(one["name"], "name"), form: formOf(one["form"], "form"), reason: textOf(one["reason"], "reason") };
}

function gapOf(one: Json): Gap {
  return {
    of: textOf(one["of"], "of"),
    cause: oneOf(gapCauses, one["cause"], "cause"),
    detail: textOf(one["detail"], "detail"),
    diagnostic: diagnosticOf(one["diagnostic"]),
  };
}

function faultOf(one: Json): RegistryFault {
  return {
    kind: oneOf(faults, one["kind"], "kind"),
    cause: oneOf(causes, one["cause"], "cause"),
    url: textOf(one["url"], "url"),
    diagnostic: diagnosticOf(one["diagnostic"]),
  };
}

/** What reading a registry had to say: it points into no text. */
function diagnosticOf(value: unknown): Diagnostic {
  const one = objectOf(value, "`diagnostic`");
  return {
    code: textOf(one["code"], "code"),
    level: oneOf(levels, one["level"], "level"),
    message: textOf(one["message"], "message"),
    ...optional(one, "notes", textsOf),
    ...optional(one, "help", textOf),
  };
}
