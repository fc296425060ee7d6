// The longer units in real JupyterLab, as a learner goes through them.
import { asALearner } from "./learner.js";

asALearner([{ name: "05-the-rwmutex-incident", exercise: "05-the-rwmutex-incident/reload", plots: 2 }]);
