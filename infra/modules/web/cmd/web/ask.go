package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Each request has its own connection, so that each can go to another pod.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// The body of an answer with status 200 within the limit; anything else is an error.
func ask(ctx context.Context, url string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64*1024))
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers with status %d", url, response.StatusCode)
	}
	return string(body), nil
}

func get(ctx context.Context, url string, out io.Writer) error {
	body, err := ask(ctx, url, 2*time.Second)
	if err == nil {
		fmt.Fprint(out, body)
	}
	return err
}
