// What a learner does in the first half hour, in real JupyterLab; the longer units: course.stress.ts.
import { asALearner } from "./learner.js";

asALearner([{ name: "00-start-here", exercise: "00-start-here/wait", plots: 1 }]);
