// The types of a page's two arguments. They are gone when the page runs.

export interface Environ {
  REQUEST_METHOD: string;
  SCRIPT_NAME: string;
  PATH_INFO: string;
  QUERY_STRING: string;
  [key: string]: unknown;
}

export type Chunk = string | Uint8Array;

export type StartResponse = (
  status: string,
  headers: [name: string, value: string][],
  error?: unknown,
) => (chunk: Chunk) => void;
