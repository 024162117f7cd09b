module labwright.local/modules/web

go 1.24.0
