module labwright.local/modules/lab

go 1.24.0
