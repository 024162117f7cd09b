import type { Facts } from "../../../src/engine/step.ts";
import { said } from "../../support/steps.ts";

/** An authority of a cluster; certificates that it issued to the API server and to the administrator, and one of another authority. */
export const authority = said(`-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUC3MvX9HOEqONIjAvvb4t3pD6IjUwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMzAwMzQxMzZaFw0zNjExMjcw
MzQxMzZaMBUxEzARBgNVBAMMCmt1YmVybmV0ZXMwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS5uOYFUuqW+FwETrzFudt4QMIDEtSbwUJaKlTv1IhEVS8brja5vqw/
+aDh3sCl14bkt0qe/rakAG0FkMQaogL5o1MwUTAdBgNVHQ4EFgQUHVaRGUdUvjMM
l82k9DghgHCGLNYwHwYDVR0jBBgwFoAUHVaRGUdUvjMMl82k9DghgHCGLNYwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiB/wbIkeXxIdPDrgEXuakvs
8olCAS2mGodzplh7p+ZZ+QIgTBbYlr58IoLGWuI1Llr3gyv4Jvzg3KZMulONVzth
UHA=
-----END CERTIFICATE-----
`);
const own = said(`-----BEGIN CERTIFICATE-----
MIIBVzCB/wIUc9l06D2pT9NUdfSCtXcdSOzK7MgwCgYIKoZIzj0EAwIwFTETMBEG
A1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMzAwMzQxMzZaFw0yNzExMzAwMzQxMzZa
MEkxHzAdBgNVBAoMFmt1YmVhZG06Y2x1c3Rlci1hZG1pbnMxJjAkBgNVBAMMHWt1
YmUtYXBpc2VydmVyLWt1YmVsZXQtY2xpZW50MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEoOKb1Ruf8+62RpcNc0GxnDRWOD7o4dX/vhWRoNi40oSsxrdpQ3wv24CG
UB41w8WQ9ZvY+qG1XMegJh15PZRR1jAKBggqhkjOPQQDAgNHADBEAiA95ZU3UcF+
Qr1hTiYh+bHa+Xsp3WpLcN8KCCubetS6MgIgWtLf8t48kEnafFkcCsfqVhnop8Lu
YsbyDOfQ2rf0ko0=
-----END CERTIFICATE-----
`);
export const administrators = said(`-----BEGIN CERTIFICATE-----
MIIBSzCB8gIUamiPJqcHK3CEeYGxQLR0XjuGPhQwCgYIKoZIzj0EAwIwFTETMBEG
A1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMzAwMzQxMzZaFw0yNzExMzAwMzQxMzZa
MDwxHzAdBgNVBAoMFmt1YmVhZG06Y2x1c3Rlci1hZG1pbnMxGTAXBgNVBAMMEGt1
YmVybmV0ZXMtYWRtaW4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASs4dpk9+tI
bbHX9CpCI3iAWW569n1ftIx0Zqe23WHADbBhyz1ilmSfj5dttO9CLkivv1r6jP4+
ccTeACOvaljSMAoGCCqGSM49BAMCA0gAMEUCIDy6VmnN9eVB1Ce9uG1co2M+QkAa
Ow0LqHw1KxCNZ1pbAiEAwWTqotOaHFmc7b4r99cKvo5huiy1+OosSrIF2Css0fo=
-----END CERTIFICATE-----
`);
export const foreign = said(`-----BEGIN CERTIFICATE-----
MIIBWTCB/wIUed9ox8xl4td5O3q653vO1fbHulcwCgYIKoZIzj0EAwIwFTETMBEG
A1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMzAwMzQxMzZaFw0yNzExMzAwMzQxMzZa
MEkxHzAdBgNVBAoMFmt1YmVhZG06Y2x1c3Rlci1hZG1pbnMxJjAkBgNVBAMMHWt1
YmUtYXBpc2VydmVyLWt1YmVsZXQtY2xpZW50MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEoUnjO9gXc+eclCWqHOZbz5yUZpQ2ei/O93FRLaJJGyDdmV4sNRC/b9mE
g/FLsymBXnuk+7M8lcloAc6tnjsFkzAKBggqhkjOPQQDAgNJADBGAiEA8+cPNmex
y+bRhRdTaTNjXX1wf+W2r635wEWyC53VovICIQCfcXcq78UtsTXjSXSXg+sT/Mep
S8oON2V7fvd7GKXHJA==
-----END CERTIFICATE-----
`);

/** When the API server's certificate ends, in seconds since 1970. */
const ends = 1827546096;

/** The answers of a control plane that has so many seconds until its certificate ends. */
export const withSecondsLeft = (seconds: number): Facts<"certificate" | "authority" | "clock"> => ({
  certificate: own,
  authority,
  clock: said(`${ends - seconds}\n`),
});
