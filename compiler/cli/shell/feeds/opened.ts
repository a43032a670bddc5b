/** The feeds of a call, once they are read. */
import type { Document } from "../evidence.ts";
import type { SourceKind } from "./settings.ts";

/** A document that the project believes as a feed of this kind. */
export interface FeedDocument {
  readonly kind: SourceKind;
  readonly document: Document;
  /** It was found in a folder: one of no known format is passed over, and said. */
  readonly found?: true;
}

/** A feed that was named and could not be read. */
export interface UnreadFeed {
  readonly kind: SourceKind;
  readonly at: string;
  /** The end of a sentence that begins with `at`. */
  readonly reason: string;
}

export interface OpenedFeeds {
  readonly documents: readonly FeedDocument[];
  readonly unread: readonly UnreadFeed[];
}

export const noFeeds: OpenedFeeds = { documents: [], unread: [] };
