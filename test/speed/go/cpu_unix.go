//go:build unix

package main

import "syscall"

// cpuNs is the processor time of this process, all its threads together.
func cpuNs() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return wallNs()
	}
	return float64(u.Utime.Nano() + u.Stime.Nano())
}
