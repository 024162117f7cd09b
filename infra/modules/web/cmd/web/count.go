package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Asks several times, and prints how often each pod has answered. Fails at the first request without an answer.
func count(ctx context.Context, url, times string, out io.Writer) error {
	wanted, err := strconv.Atoi(times)
	if err != nil || wanted < 1 {
		return fmt.Errorf("%q is not a number of requests", times)
	}
	answers := map[string]int{}
	for range wanted {
		body, err := ask(ctx, url, 2*time.Second)
		if err != nil {
			return err
		}
		answers[lineIn(body, "pod")]++
	}
	for _, pod := range slices.Sorted(maps.Keys(answers)) {
		fmt.Fprintf(out, "%s: %d\n", pod, answers[pod])
	}
	return nil
}

// The value of a line of a page; nothing if it has no such line.
func lineIn(page, name string) string {
	for line := range strings.Lines(page) {
		if value, found := strings.CutPrefix(line, name+": "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
