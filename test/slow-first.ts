// Test files in the order in which two workers end at the same time: those that take minutes come first. vitest knows how long
// a file takes once it has run; on a clean checkout it goes by size, and these are small.
import { BaseSequencer, type TestSpecification } from "vitest/node";

const SLOW = /\/test\/(notebook\/course|course\/(commands|watch)|grade\/redteam\/wall|cli\/main)\.test\.ts$/;

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
