package main

import (
	"os"
	"strings"
)

// Adds this pod to the file in which every pod that has it writes its name, and returns all names in their order. A
// container that starts again is the same pod.
func keepDiary(file, pod string) ([]string, error) {
	if file == "" {
		return nil, nil
	}
	content, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	pods := strings.Fields(string(content))
	if len(pods) > 0 && pods[len(pods)-1] == pod {
		return pods, nil
	}
	pods = append(pods, pod)
	return pods, os.WriteFile(file, []byte(strings.Join(pods, "\n")+"\n"), 0o644)
}
