package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// Where the kubelet puts the token of a pod's service account.
const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

// Asks the API server for a path, as the service account of the pod. Prints its answer also if that is a refusal.
func api(ctx context.Context, server, folder, path string, out io.Writer) error {
	token, err := os.ReadFile(filepath.Join(folder, "token"))
	if errors.Is(err, os.ErrNotExist) {
		return errors.New("this pod has no token of a service account")
	}
	if err != nil {
		return err
	}
	authority, err := os.ReadFile(filepath.Join(folder, "ca.crt"))
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+server+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+string(token))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(out, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers with status %d", path, response.StatusCode)
	}
	return nil
}

// The address of the API server, as every pod finds it in its environment.
func apiServer(env func(string) string) string {
	return net.JoinHostPort(env("KUBERNETES_SERVICE_HOST"), env("KUBERNETES_SERVICE_PORT"))
}
