// The task of the pools that want a file.
export default (x) => x + 1;
