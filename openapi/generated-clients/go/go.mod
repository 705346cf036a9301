module hashgate.example/clients/upload-photo

go 1.23

require hashgate.example/clients/go v0.0.0

replace hashgate.example/clients/go => ./generated
