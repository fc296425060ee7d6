// The Go side of `npm run bench`: each row of ../table.ts that has a Go twin, with the same work.
//
//	go run . -list
//	go run . -row chan.pingpong -ms 250
//
// Prints one line of JSON. Standard library only.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
)

// A row does `times * batch` operations and returns a number that depends on all of them.
type row struct {
	batch int
	run   func(times int) int
}

var rows = map[string]row{}

func register(name string, batch int, run func(times int) int) {
	rows[name] = row{batch, run}
}

var clocks = map[string]func() float64{"wall": wallNs, "cpu": cpuNs}

type result struct {
	Value float64 `json:"value"`
	Times int     `json:"times"`
	Check int     `json:"check"`
}

func main() {
	name := flag.String("row", "", "the row to measure")
	ms := flag.Float64("ms", 250, "the time to measure for")
	once := flag.Bool("once", false, "run once, without a measurement")
	clock := flag.String("clock", "wall", "wall or cpu")
	list := flag.Bool("list", false, "print the names of all rows")
	flag.Parse()
	if *list {
		names := make([]string, 0, len(rows))
		for name := range rows {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return
	}
	r, ok := rows[*name]
	if !ok {
		fmt.Fprintf(os.Stderr, "no row %q\n", *name)
		os.Exit(2)
	}
	var out result
	switch {
	case *once:
		out = result{0, 1, r.run(1)}
	case *name == "memory.parked1M":
		out = measureMemory(1_000_000)
	default:
		out = measure(r, *ms*1e6, clocks[*clock])
	}
	if *name == "classic.skynet" || *name == "classic.sieve2000" {
		out.Value /= 1e6
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
}
