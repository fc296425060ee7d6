// Published figures: how soon tools for Go find the same bugs. For the table of first bugs only.
//
// Source: the headers of the kernels in GoBench (Yuan et al., CGO 2021) for plain Go; the published results of GoAT
// (Taheri and Gopalakrishnan, IISWC 2021) for blocking bugs; own runs of Go 1.19.8 `-race`, 20 each on 2 cores, for
// the others.

export interface Published {
  /** Runs in 100 in which plain Go showed the bug. */
  readonly goPercent?: number;
  /** The first run of 100 in which it was found by: Go's runtime, goleak, go-deadlock, GoAT with 3 delays. */
  readonly runs?: readonly [number | null, number | null, number | null, number | null];
  /** Runs in 20 in which `-race`, or a panic, showed it. */
  readonly raceOf20?: number;
}

export const PUBLISHED: Readonly<Record<string, Published>> = {
  cockroach_584: { runs: [null, 1, 1, 1] },
  etcd_5509: { runs: [null, null, 11, 1] },
  etcd_10492: { runs: [1, 1, 1, 1] },
  grpc_3017: { runs: [1, 1, 1, 1] },
  moby_7559: { goPercent: 100, runs: [null, 1, 1, 1] },
  moby_36114: { goPercent: 100, runs: [null, 1, 1, 1] },
  cockroach_7504: { goPercent: 1, runs: [null, null, 2, 14] },
  cockroach_10214: { goPercent: 3, runs: [null, null, 12, 2] },
  hugo_3251: { runs: [1, 1, 1, 4] },
  kubernetes_30872: { runs: [null, 10, 2, 1] },
  cockroach_3710: { goPercent: 2, runs: [null, 77, 5, 3] },
  cockroach_6181: { goPercent: 57, runs: [null, 1, 7, 1] },
  cockroach_16167: { goPercent: 1, runs: [null, null, 1, 1] },
  kubernetes_62464: { goPercent: 8, runs: [null, null, 1, 4] },
  cockroach_2448: { runs: [null, 1, null, 1] },
  cockroach_25456: { runs: [1, 1, 1, 1] },
  cockroach_35931: { runs: [1, 1, 1, 1] },
  grpc_660: { goPercent: 100, runs: [null, 1, null, 1] },
  grpc_1424: { goPercent: 100, runs: [null, 1, null, 1] },
  kubernetes_5316: { goPercent: 100, runs: [null, 1, null, 1] },
  kubernetes_70277: { runs: [1, 1, 1, 1] },
  moby_21233: { goPercent: 100, runs: [null, 1, null, 1] },
  syncthing_5795: { runs: [1, 1, 1, 1] },
  cockroach_13197: { goPercent: 100, runs: [null, 1, null, 1] },
  cockroach_18101: { goPercent: 100, runs: [null, 1, null, 1] },
  istio_18454: { runs: [null, 2, null, 5] },
  moby_33781: { goPercent: 25, runs: [null, 15, null, 6] },
  kubernetes_11298: { runs: [6, 1, 72, null] },
  moby_27782: { goPercent: 2, runs: [null, 13, null, 2] },
  moby_30408: { runs: [1, 1, 1, 1] },
  etcd_6873: { goPercent: 9, runs: [null, null, null, 2] },
  etcd_7443: { runs: [3, null, null, 12] },
  etcd_7902: { goPercent: 100, runs: [null, 1, null, 1] },
  grpc_1460: { goPercent: 100, runs: [null, 1, null, 1] },
  kubernetes_1321: { goPercent: 1, runs: [null, 78, null, 1] },
  kubernetes_6632: { goPercent: 4, runs: [null, 1, null, 2] },
  kubernetes_10182: { goPercent: 15, runs: [null, 1, null, 1] },
  moby_28462: { goPercent: 69, runs: [null, 1, null, 1] },
  serving_2137: { runs: [null, null, null, 9] },
  cockroach_1462: { runs: [null, 35, 4, 1] },
  etcd_4876: { raceOf20: 20 },
  etcd_9446: { raceOf20: 20 },
  grpc_3090: { raceOf20: 20 },
  istio_8214: { raceOf20: 20 },
  kubernetes_49404: { raceOf20: 20 },
  kubernetes_79631: { raceOf20: 20 },
  kubernetes_81091: { raceOf20: 0 },
  kubernetes_82239: { raceOf20: 10 },
  kubernetes_88331: { raceOf20: 20 },
  serving_3148: { raceOf20: 20 },
  moby_18412: { raceOf20: 20 },
  kubernetes_70892: { raceOf20: 0 },
  moby_27037: { raceOf20: 20 },
  grpc_1687: { raceOf20: 20 },
  istio_8967: { raceOf20: 20 },
  serving_5865: { raceOf20: 20 },
  kubernetes_13058: { raceOf20: 0 },
  serving_6171: { raceOf20: 4 },
};
