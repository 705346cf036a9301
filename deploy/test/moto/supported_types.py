"""Prints the types of CloudFormation resources that moto can create, as JSON."""

import importlib
import json
import pkgutil

import moto
from moto.core.common_models import CloudFormationModel

for module in pkgutil.iter_modules(moto.__path__):
    if module.ispkg:
        try:
            importlib.import_module(f"moto.{module.name}.models")
        except ModuleNotFoundError:
            pass  # This moto package defines no CloudFormation resources.


def all_models(base):
    for model in base.__subclasses__():
        yield model
        yield from all_models(model)


def type_of(model):
    try:
        return model.cloudformation_type()
    except NotImplementedError:
        return None


print(json.dumps(sorted({type_of(model) for model in all_models(CloudFormationModel)} - {None, ""})))
