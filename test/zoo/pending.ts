// Kernels that are not found yet, each with the detector that is missing. A test asserts that they are really not
// found, so it fails as soon as one of them is, and the line can go.

export const PENDING: Readonly<Record<string, string>> = {};
