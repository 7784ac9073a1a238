"""Words, fields and names of the wire in templates: see unipay.sandbox.wording."""

from django import template

from unipay.money import format_yuan
from unipay.sandbox import wording

register = template.Library()
register.filter("spoken", wording.spoken)
register.filter("lines", wording.lines)
register.filter("named", wording.name_of)
register.filter("yuan", format_yuan)
