/** Where a document of OpenAPI v3 is found as long as it stays the same. */
export const hashedUrl = (path: string, hash: string): string => `/openapi/v3/${path}?hash=${hash}`;
