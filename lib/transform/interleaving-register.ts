// Node's loader for the directive: `node --import happens-before/interleaving orders.ts`.
//
// On Node 20 hooks run in a thread of their own (`module.register`); where Node can run them here
// (`module.registerHooks`: 22.15, 23.5 and later) they also see what `require` loads.
import module from "node:module";
import { load, loadSync } from "./interleaving-hooks.js";

type Register = { registerHooks?(hooks: { load: typeof loadSync }): unknown };

const { registerHooks } = module as unknown as Register;
if (registerHooks !== undefined) registerHooks({ load: loadSync });
else module.register(new URL("./interleaving-hooks.js", import.meta.url));

// Positions in stacks, dumps and traces are then those of the file as it was written.
process.setSourceMapsEnabled(true);

export { load };
