/**
 * So many errors of one document are kept; a validator that found as many may have found more. A document of some
 * megabytes can be wrong in each of millions of items, and each error is larger than what is wrong there.
 */
export const mostErrors = 200_000;
