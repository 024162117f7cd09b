package main

import (
	"context"
	"os"
	"time"
)

// Writes the time into a file each second, until it is told to end.
func write(ctx context.Context, file string) error {
	for {
		if err := os.WriteFile(file, []byte("written at "+time.Now().UTC().Format(time.TimeOnly)+"\n"), 0o644); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}
