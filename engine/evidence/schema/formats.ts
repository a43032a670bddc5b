/**
 * The string formats of the schemas we ship. ajv-formats has those of JSON Schema for ASCII; the international ones
 * (RFC 3987, RFC 6531) are added here, and are as lenient as their grammars are.
 */
import { fullFormats } from "ajv-formats/dist/formats.js";

/** Characters that no IRI holds, percent signs without two digits, and white space. */
const notIri = /[\s<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})/;
const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;

const iriReference = (text: string): boolean => !notIri.test(text);

export const formats = {
  ...fullFormats,
  "iri-reference": iriReference,
  iri: (text: string): boolean => scheme.test(text) && iriReference(text),
  "idn-email": (text: string): boolean => /^[^\s@]+@[^\s@]+$/u.test(text),
};
