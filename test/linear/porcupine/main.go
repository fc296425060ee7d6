// Checks histories with Porcupine: reads {"name": {"model": "…", "operations": [[client, op, key, value, output, call, return], …]}}
// from standard input and prints {"name": {"verdict": "Ok", "ns": [one figure per round]}}.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

const rounds = 15

type history struct {
	Model      string   `json:"model"`
	Operations [][7]int `json:"operations"`
}

type answer struct {
	Verdict string  `json:"verdict"`
	Ns      []int64 `json:"ns"`
}

// Of one operation: 0 reads, 1 writes (or pushes), 2 pops.
type input struct{ op, key, value int }

const none = -1

var register = porcupine.Model{
	Init: func() interface{} { return 0 },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		i := in.(input)
		if i.op == 1 {
			return true, i.value
		}
		return out.(int) == state.(int), state
	},
}

var keyed = porcupine.Model{
	Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
		parts := map[int][]porcupine.Operation{}
		for _, o := range all {
			key := o.Input.(input).key
			parts[key] = append(parts[key], o)
		}
		var list [][]porcupine.Operation
		for _, part := range parts {
			list = append(list, part)
		}
		return list
	},
	Init: register.Init,
	Step: register.Step,
}

// The state is text, as Porcupine's own key-value model has it: states are compared with ==.
var queue = porcupine.Model{
	Init: func() interface{} { return "" },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		i, s := in.(input), state.(string)
		if i.op == 1 {
			return true, s + strconv.Itoa(i.value) + ","
		}
		if s == "" {
			return out.(int) == none, s
		}
		end := strings.IndexByte(s, ',')
		return s[:end] == strconv.Itoa(out.(int)), s[end+1:]
	},
}

var models = map[string]porcupine.Model{"register": register, "map": keyed, "queue": queue}

func main() {
	var histories map[string]history
	if err := json.NewDecoder(os.Stdin).Decode(&histories); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	answers := map[string]answer{}
	for name, h := range histories {
		var operations []porcupine.Operation
		for _, o := range h.Operations {
			operations = append(operations, porcupine.Operation{
				ClientId: o[0], Input: input{o[1], o[2], o[3]}, Output: o[4], Call: int64(o[5]), Return: int64(o[6]),
			})
		}
		a := answer{}
		for round := 0; round < rounds; round++ {
			start := time.Now()
			a.Verdict = string(porcupine.CheckOperationsTimeout(models[h.Model], operations, 5*time.Second))
			a.Ns = append(a.Ns, time.Since(start).Nanoseconds())
		}
		answers[name] = a
	}
	_ = json.NewEncoder(os.Stdout).Encode(answers)
}
