# What src/scripts/BC_ec2.jl imports. SCEDC is in no registry.
using Pkg
Pkg.add([
    PackageSpec(name = "AWS"),
    PackageSpec(name = "AWSS3"),
    PackageSpec(name = "AbstractFFTs"),
    PackageSpec(name = "CSV", version = "0.8"),
    PackageSpec(name = "DataFrames"),
    PackageSpec(name = "Glob"),
    PackageSpec(name = "HDF5"),
    PackageSpec(name = "JLD2"),
    PackageSpec(name = "Parallelism"),
    PackageSpec(name = "SeisIO"),
    PackageSpec(name = "SeisNoise"),
    PackageSpec(url = "https://github.com/tclements/SCEDC.jl"),
])
Pkg.precompile()
