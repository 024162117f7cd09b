// Web is the small application of the exercises. Its one program is the server, and also what asks servers,
// so that an image needs nothing else:
//
//	web                   answers on PORT (8080), from START_DELAY after its start to END_DELAY after its end; hangs
//	                      HANG_AFTER its start, and writes its pod's name into the file DIARY when it starts
//	web get URL           asks once, prints the answer; fails unless its status is 200
//	web count URL TIMES   asks several times, prints how often each pod has answered
//	web load URL          asks all the time, and prints each second what came of it; ready once it is answered steadily
//	web api PATH          asks the API server as the pod's service account, prints the answer
//	web write FILE        writes the time into a file each second
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// The first process of a container is not ended by signals that it does not handle.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	settings, err := settingsFrom(os.Getenv)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 0:
		return serve(ctx, settings)
	case len(args) == 2 && args[0] == "get":
		return get(ctx, args[1], os.Stdout)
	case len(args) == 3 && args[0] == "count":
		return count(ctx, args[1], args[2], os.Stdout)
	case len(args) == 2 && args[0] == "api":
		return api(ctx, apiServer(os.Getenv), accountFolder, args[1], os.Stdout)
	case len(args) == 2 && args[0] == "load":
		return load(ctx, args[1], settings.port, os.Stdout)
	case len(args) == 2 && args[0] == "write":
		return write(ctx, args[1])
	}
	return fmt.Errorf("usage: web | web get URL | web count URL TIMES | web load URL | web api PATH | web write FILE")
}
