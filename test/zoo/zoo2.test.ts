// The other half of the kernels, so that two workers share them.
import { testKernels } from "./zoo.js";

await testKernels(1, 2);
