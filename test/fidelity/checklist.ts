// Go's own tests of what this library has, and where each one's counterpart is: a test of ours with Go's name in
// brackets, or the reason why there is none. checklist.test.ts compares this with the tests.
//
// Source: Go 1.26.8 src/{sync,sync/atomic,internal/sync,runtime,time,context,testing/synctest,internal/synctest},
// test/{chan/*,closedchan,chanlinear}.go, golang.org/x/sync v0.24.0, golang.org/x/time v0.16.0, Porcupine 1.3.1. Of files marked
// `isPart` only the tests named here are about something that the library has.

export interface GoFile {
  readonly file: string;
  readonly isPart?: true;
  /** Our test file → Go's names. */
  readonly mirrored: Readonly<Record<string, string>>;
  /** Reason → Go's names. */
  readonly absent?: Readonly<Record<string, string>>;
}

const ALLOCATIONS = "counts Go's allocations; ours are measured by the bench (memory rows)";
const STACKS = "about Go's growing and moving stacks; a generator has none";
const COLLECTOR = "about Go's garbage collector stopping goroutines; the host's collector stops nobody here";
const THREADS = "about operating system threads and signals; a run of the laboratory is one thread";
const POINTERS = "about unsafe pointers and machine words of Go; there are none in JavaScript";
const FUNCTION_FORM = "the functions on plain words (atomic.AddInt32(&x)); only the types are offered here";
const JUMP = "about a wall clock that jumps back; the run's clock never does";
const TESTING = "about the testing package (t.Run, t.Cleanup, test output); the bubble here is a function";

export const CHECKLIST: readonly GoFile[] = [
  {
    file: "src/sync/mutex_test.go",
    mirrored: {
      "sync/golocks.test.ts": "TestSemaphore TestMutex TestMutexMisuse TestMutexFairness",
    },
  },
  {
    file: "src/sync/rwmutex_test.go",
    mirrored: {
      "sync/golocks.test.ts": "TestParallelReaders TestRWMutex",
      "sync/locker.test.ts": "TestRLocker",
    },
  },
  {
    file: "src/sync/waitgroup_test.go",
    mirrored: {
      "sync/waitgroup.test.ts":
        "TestWaitGroup TestWaitGroupMisuse TestWaitGroupRace TestWaitGroupAlign TestWaitGroupGo",
      "sync/golocks.test.ts": "TestIssue76126",
    },
  },
  {
    file: "src/sync/cond_test.go",
    mirrored: {
      "sync/cond.test.ts":
        "TestCondSignal TestCondSignalGenerations TestCondBroadcast TestRace TestCondSignalStealing TestCondCopy",
      "threads/cond.test.ts": "TestCondSignal TestCondBroadcast",
    },
  },
  {
    file: "src/sync/once_test.go",
    mirrored: {
      "sync/once.test.ts": "TestOnce TestOncePanic",
      "threads/once.test.ts": "TestOnce TestOncePanic",
    },
  },
  {
    file: "src/sync/oncefunc_test.go",
    mirrored: {
      "sync/oncefunc.test.ts":
        "TestOnceFunc TestOnceValue TestOnceValues TestOnceFuncPanicNil TestOnceFuncGoexit TestOnceFuncPanicTraceback TestOnceXGC TestOnceFuncPanic TestOnceValuePanic TestOnceValuesPanic",
    },
  },
  {
    file: "src/sync/pool_test.go",
    mirrored: {
      "sync/pool.test.ts":
        "TestPool TestPoolNew TestPoolGC TestPoolRelease TestPoolStress TestPoolDequeue TestPoolChain",
    },
    absent: { "a nil *Pool; here the method is not there to be called on null, a TypeError": "TestNilPool" },
  },
  {
    file: "src/sync/map_test.go",
    mirrored: {
      "sync/syncmap.test.ts":
        "TestMapMatchesHashTrieMap TestConcurrentRange TestIssue40999 TestMapRangeNestedCall TestCompareAndSwap_NonExistingKey TestConcurrentClear TestMapMatchesRWMutex TestMapMatchesDeepCopy",
    },
    absent: { [ALLOCATIONS]: "TestMapRangeNoAllocations TestMapClearOneAllocation" },
  },
  {
    file: "src/internal/sync/hashtriemap_test.go",
    mirrored: {
      "sync/syncmap.test.ts": "TestHashTrieMap TestHashTrieMapBadHash TestHashTrieMapTruncHash",
    },
    absent: {
      "a cache whose entries the collector drops (weak pointers); the map is the same as in TestConcurrentRange":
        "TestConcurrentCache",
    },
  },
  {
    file: "src/sync/atomic/value_test.go",
    mirrored: {
      "atomic/value.test.ts":
        "TestValue TestValuePanic TestValueConcurrent TestValue_Swap TestValueSwapConcurrent TestValue_CompareAndSwap TestValueCompareAndSwapConcurrent",
    },
    absent: { "values larger than a machine word; every value is one reference here": "TestValueLarge" },
  },
  {
    file: "src/sync/atomic/atomic_test.go",
    mirrored: {
      "atomic/integers.test.ts":
        "TestHammerStoreLoad TestHammer32 TestHammer64 TestSwapInt32Method TestSwapUint32Method TestSwapInt64Method TestSwapUint64Method TestSwapPointerMethod TestAddInt32Method TestAddUint32Method TestAddInt64Method TestAddUint64Method TestAndInt32Method TestAndUint32Method TestAndInt64Method TestAndUint64Method TestOrInt32Method TestOrUint32Method TestOrInt64Method TestOrUint64Method TestCompareAndSwapInt32Method TestCompareAndSwapUint32Method TestCompareAndSwapInt64Method TestCompareAndSwapUint64Method TestCompareAndSwapPointerMethod TestLoadInt32Method TestLoadUint32Method TestLoadInt64Method TestLoadUint64Method TestLoadPointerMethod TestStoreInt32Method TestStoreUint32Method TestStoreInt64Method TestStoreUint64Method TestStorePointerMethod TestStoreLoadSeqCst32 TestStoreLoadSeqCst64 TestStoreLoadRelAcq32 TestStoreLoadRelAcq64",
    },
    absent: {
      [FUNCTION_FORM]:
        "TestSwapInt32 TestSwapUint32 TestSwapInt64 TestSwapUint64 TestSwapPointer TestAddInt32 TestAddUint32 TestAddInt64 TestAddUint64 TestAndInt32 TestAndUint32 TestAndInt64 TestAndUint64 TestOrInt32 TestOrUint32 TestOrInt64 TestOrUint64 TestCompareAndSwapInt32 TestCompareAndSwapUint32 TestCompareAndSwapInt64 TestCompareAndSwapUint64 TestCompareAndSwapPointer TestLoadInt32 TestLoadUint32 TestLoadInt64 TestLoadUint64 TestLoadPointer TestStoreInt32 TestStoreUint32 TestStoreInt64 TestStoreUint64 TestStorePointer",
      [POINTERS]:
        "TestSwapUintptr TestSwapUintptrMethod TestAddUintptr TestAddUintptrMethod TestAndUintptr TestAndUintptrMethod TestOrUintptr TestOrUintptrMethod TestCompareAndSwapUintptr TestCompareAndSwapUintptrMethod TestLoadUintptr TestLoadUintptrMethod TestStoreUintptr TestStoreUintptrMethod TestUnaligned64 TestAutoAligned64 TestNilDeref",
    },
  },
  {
    file: "src/runtime/chan_test.go",
    mirrored: {
      "chan/gochan.test.ts":
        "TestChan TestNonblockRecvRace TestNonblockSelectRace TestNonblockSelectRace2 TestSelfSelect TestSelectStress TestSelectFairness TestChanSendInterface TestPseudoRandomSend TestMultiConsumer TestSelectDuplicateChannel",
    },
    absent: {
      [STACKS]: "TestShrinkStackDuringBlockedSend TestNoShrinkStackWhileParking TestSelectStackAdjust",
    },
  },
  {
    file: "src/runtime/chanbarrier_test.go",
    mirrored: { "chan/gochan.test.ts": "TestChanSendSelectBarrier TestChanSendBarrier" },
  },
  {
    file: "src/runtime/proc_test.go",
    mirrored: {
      "runtime/gmp.test.ts": "TestStealOrder",
      "runtime/goproc.test.ts":
        "TestYieldProgress TestGoroutineParallelism TestGoroutineParallelism2 TestTimerFairness TestTimerFairness2 TestPreemption TestPingPongHog TestNumGoroutine TestSchedLocalQueue TestSchedLocalQueueSteal TestSchedLocalQueueEmpty TestPreemptionAfterSyscall TestBigGOMAXPROCS",
    },
    absent: {
      [COLLECTOR]:
        "TestStopTheWorldDeadlock TestPreemptionGC TestGCFairness TestGCFairness2 TestTraceSTW TestTraceGCSTW TestMexitSTW",
      [THREADS]:
        "TestYieldLockedProgress TestYieldLocked TestBlockLocked TestLockOSThreadNesting TestLockOSThreadExit TestLockOSThreadAvoidsStatePropagation TestLockOSThreadTemplateThreadRace TestLockOSThreadVgetrandom TestNetpollBreak",
      [STACKS]: "TestPreemptSplitBig TestGetgThreadSwitch",
      "preemption of a loop without a call by a signal; a generator gives way at `yield*` only":
        "TestAsyncPreempt",
    },
  },
  {
    file: "src/runtime/sema_test.go",
    mirrored: { "sync/golocks.test.ts": "TestSemaHandoff TestSemaHandoff1 TestSemaHandoff2" },
  },
  {
    file: "src/runtime/semasleep_test.go",
    mirrored: {},
    absent: { [THREADS]: "TestSpuriousWakeupsNeverHangSemasleep" },
  },
  {
    file: "src/runtime/crash_test.go",
    isPart: true,
    mirrored: {
      "runtime/deferring.test.ts":
        "TestGoexitDeadlock TestGoexitInPanic TestPanicAfterGoexit TestRecoverBeforePanicAfterGoexit TestRecoveredPanicAfterGoexit TestRecursivePanic",
      "fidelity/texts.test.ts": "TestSimpleDeadlock TestGoNil",
    },
  },
  {
    file: "src/time/sleep_test.go",
    mirrored: {
      "time/afterfunc.test.ts": "TestAfterFunc",
      "time/ticker.test.ts": "TestTickerStress TestMultiWakeupTicker TestOverflowPeriodRuntimeTimer",
      "time/timer.test.ts":
        "TestAfter TestAfterTick TestAfterStop TestAfterQueuing TestReset TestOverflowSleep TestZeroTimerResetPanics TestZeroTimerStopPanics TestZeroTimer TestTimerModifiedEarlier TestAdjustTimers TestStopResult TestResetResult",
      "time/gotime.test.ts":
        "TestSleep TestTickerConcurrentStress TestAfterFuncStarvation TestTimerStopStress TestSleepZeroDeadlock TestIssue5745 TestMultiWakeupTimer",
    },
  },
  {
    file: "src/time/tick_test.go",
    mirrored: {
      "time/ticker.test.ts":
        "TestTicker TestTickerStopWithDirectInitialization TestTick TestNewTickerLtZeroDuration TestTickerResetLtZeroDuration TestTickTimes",
      "time/timer.test.ts": "TestChan TestAfterTimes",
      "time/gotime.test.ts": "TestTeardown TestLongAdjustTimers",
    },
    absent: {
      "looks whether Go's collector frees unstopped timers; here whether the host's does is a matter of references":
        "TestTimerGC",
      "a program to be watched by hand": "TestManualTicker",
    },
  },
  {
    file: "src/context/x_test.go",
    mirrored: {
      "context/context.test.ts":
        "TestParentFinishesChild TestChildFinishesFirst TestCancelRemoves TestBackground TestTODO TestWithCancel TestDeadline TestTimeout TestCanceledTimeout TestValues TestSimultaneousCancels TestInterlockedCancels TestWithCancelCanceledParent TestWithCancelSimultaneouslyCanceledParent TestWithValueChecksKey TestInvalidDerivedFail TestDeadlineExceededSupportsTimeout TestCauseRace TestWithoutCancel TestContextErrDoneRace",
      "context/cause.test.ts": "TestCause",
      "context/tree.test.ts": "TestLayersCancel TestLayersTimeout",
      "context/foreign.test.ts":
        "TestCustomContextGoroutines TestCustomContextPropagation TestCustomContextCause",
      "context/aftercancel.test.ts":
        "TestAfterFuncCalledAfterCancel TestAfterFuncCalledAfterTimeout TestAfterFuncCalledImmediately TestAfterFuncNotCalledAfterStop TestAfterFuncCalledAsynchronously",
    },
    absent: { [ALLOCATIONS]: "TestAllocs" },
  },
  {
    file: "src/context/afterfunc_test.go",
    mirrored: {
      "context/foreign.test.ts":
        "TestCustomContextAfterFuncCancel TestCustomContextAfterFuncTimeout TestCustomContextAfterFuncAfterFunc TestCustomContextAfterFuncUnregisterCancel TestCustomContextAfterFuncUnregisterTimeout TestCustomContextAfterFuncUnregisterAfterFunc",
    },
  },
  {
    file: "src/context/net_test.go",
    mirrored: { "context/context.test.ts": "TestDeadlineExceededIsNetError" },
  },
  {
    file: "src/internal/synctest/synctest_test.go",
    mirrored: {
      "synctest/synctest.test.ts":
        "TestNow TestRunEmpty TestGoroutineWait TestSimpleWait TestWait TestTimerReadBeforeDeadline TestTimerReadAfterDeadline TestTimerReset TestTimeAfter TestTimerAfterBubbleExit TestTimerFromOutsideBubble TestTimerNondeterminism TestSleepNondeterminism TestTimerRunsImmediately TestTimerRanInPast TestAfterFuncRunsImmediately TestTimerResetZeroDoNotHang TestChannelFromOutsideBubble TestChannelMovedOutOfBubble TestTimerFromInsideBubble TestDeadlockRoot TestDeadlockChild TestDeadlockTicker TestCond TestWaitGroupInBubble TestWaitGroupRacingAdds TestWaitGroupOutOfBubble TestWaitGroupMovedIntoBubble TestWaitGroupMovedOutOfBubble TestWaitGroupMovedBetweenBubblesWithNonZeroCount TestWaitGroupDisassociateInWait TestWaitGroupDisassociateInAdd TestWaitGroupManyBubbles TestHappensBefore",
    },
    absent: {
      "time.Time's second, monotonic reading; now() is one number": "TestMonotonicClock",
      [ALLOCATIONS]: "TestMallocs",
      "coroutines of iter.Push and iter.Pull; a generator of JavaScript belongs to no bubble":
        "TestIteratorPush TestIteratorPull",
      "about Go's reflection, linker and heap, where a WaitGroup may lie; here it is an object like any other":
        "TestReflectFuncOf TestWaitGroupLinkerAllocated TestWaitGroupHeapAllocated",
      "about weak pointers under Go's collector": "TestWeak",
    },
  },
  {
    file: "src/testing/synctest/synctest_test.go",
    mirrored: {},
    absent: {
      [TESTING]:
        "TestSuccess TestFatal TestError TestVerboseError TestSkip TestVerboseSkip TestCleanup TestContext TestDeadline TestParallel TestRun TestHelper TestNow",
    },
  },
  {
    file: "test/chan",
    mirrored: {
      "chan/goprograms.test.ts":
        "doubleselect.go fifo.go goroutines.go nonblock.go perm.go powser1.go powser2.go select.go select2.go select3.go select4.go select5.go select6.go select7.go select8.go sendstmt.go sieve1.go sieve2.go zerosize.go",
    },
  },
  {
    file: "test",
    isPart: true,
    mirrored: { "chan/goprograms.test.ts": "closedchan.go" },
    absent: {
      "time against the number of waiters is a measurement: test/scale plots it for every primitive":
        "chanlinear.go",
    },
  },
  {
    file: "x/sync/errgroup",
    mirrored: {
      "patterns/errgroup.test.ts": "TestZeroGroup TestWithContext TestTryGo TestGoLimit TestCancelCause",
    },
  },
  {
    file: "x/sync/semaphore",
    mirrored: {
      "sync/semaphore.test.ts":
        "TestWeighted TestWeightedPanic TestWeightedNegativeSizePanic TestWeightedZeroSize TestWeightedNegativeWeightPanic TestWeightedTryAcquire TestWeightedAcquire TestWeightedDoesntBlockIfTooBig TestLargeAcquireDoesntStarve TestAllocCancelDoesntStarve TestWeightedAcquireCanceled",
    },
  },
  {
    file: "x/sync/singleflight",
    mirrored: {
      "patterns/singleflight.test.ts":
        "TestDo TestDoErr TestDoDupSuppress TestForget TestDoChan TestPanicDo TestGoexitDo TestPanicDoChan TestPanicDoSharedByDoChan",
    },
    absent: {
      "about errors.As through a wrapped panic value; a panic keeps its value as it was thrown here":
        "TestPanicErrorUnwrap",
    },
  },
  {
    file: "github.com/anishathalye/porcupine",
    isPart: true,
    mirrored: {
      "linear/check.test.ts": "TestRegisterModel TestZeroDuration",
      "linear/jepsen.test.ts":
        "TestEtcdJepsen000 TestEtcdJepsen005 TestEtcdJepsen007 TestKv10ClientsOk TestKv10ClientsBad",
    },
  },
  {
    file: "x/time/rate",
    isPart: true,
    mirrored: {
      "patterns/limiter.test.ts":
        "TestEvery TestLimiterBurst1 TestLimiterBurst3 TestLimiter_noTruncationErrors TestSimultaneousRequests TestLongRunningQPS TestSimpleReserve TestMix TestReserveSetLimit TestReserveSetBurst TestReserveSetLimitCancel TestWaitSimple TestWaitCancel TestWaitTimeout TestWaitInf TestZeroLimit TestSetAfterZeroLimit TestTinyLimit TestCancelInvalid TestCancelLast TestCancelTooLate TestCancel0Tokens TestCancel1Token TestCancelMulti",
    },
    absent: { [JUMP]: "TestLimiterJumpBackwards TestReserveJumpBack TestReserveJumpBackCancel" },
  },
];
