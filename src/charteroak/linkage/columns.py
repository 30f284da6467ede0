"""Recognises what common column names hold, so that a recipe can be inferred from the columns present."""

import re
from collections.abc import Collection, Iterable, Mapping

from charteroak.linkage.recipe import Kind, LinkageError

_ID = ("id", "record_id", "rec_id", "unique_id", "row_id", "uid", "recordid", "record_number", "rowid")
# Names after lower case and with every other character made one underscore. Earlier names win when a file
# has several columns for one fact.
_NAMES: Mapping[Kind, tuple[str, ...]] = {
    Kind.GIVEN_NAME: (
        "first_name", "given_name", "givenname", "firstname", "first", "given", "fname", "name_first", "forename",
        "given_names", "first_names", "nombre", "nombres", "primeiro_nome", "prenom", "first_nm", "forenames",
        "student_first_name", "legal_first_name", "fst_name", "frst_nm",
    ),
    Kind.MIDDLE_NAME: (
        "middle_name", "middlename", "middle_initial", "middle", "mname", "mi", "name_middle",
        "second_name", "middle_nm",
        "segundo_nombre", "middle_names",
    ),
    Kind.FAMILY_NAME: (
        "last_name", "family_name", "surname", "lastname", "last", "familyname", "lname", "name_last", "apellido",
        "apellidos", "sobrenome", "nom", "nom_de_famille", "last_nm", "surnames", "student_last_name",
        "legal_last_name", "lst_name",
    ),
    Kind.FULL_NAME: (
        "full_name", "fullname", "name", "person_name", "first_and_surname", "nombre_completo", "nome", "student_name",
        "employee_name", "patient_name", "client_name", "nome_completo",
    ),
    Kind.SUFFIX: ("suffix", "name_suffix", "generation", "suffix_name", "gen_suffix"),
    Kind.BIRTH_DATE: (
        "birth_date", "date_of_birth", "dob", "birthdate", "birth_dt", "dateofbirth", "born", "birthday", "bday",
        "fecha_nacimiento", "fecha_de_nacimiento", "data_nascimento", "data_de_nascimento", "date_naissance",
        "date_of_birth_dob", "birth_dte", "student_dob", "geburtsdatum",
    ),
    Kind.SEX: ("sex", "gender", "sexo", "genero", "sexe", "sex_code", "gender_code"),
    Kind.SSN: (
        "ssn", "social_security_number", "social", "soc_sec_id", "ssn9", "social_security", "soc_sec_no", "ssno", "nss",
        "itin", "tin", "ssn_itin", "soc_sec_number", "socialsecuritynumber",
    ),
    Kind.SSN_LAST4: ("ssn_last4", "ssn4", "last4", "last4_ssn", "ssn_last_4", "last_4_ssn", "ssn_last_four",
        "last_four_ssn"),
    Kind.ADDRESS: (
        "address", "street", "street_address", "address_1", "address1", "addr", "address_line_1", "street_name",
        "home_address", "mailing_address", "residence", "addr1", "direccion", "endereco", "addr_line_1", "adresse",
        "address_line1", "mailing_street", "res_address", "full_address", "postal_address",
    ),
    Kind.CITY: (
        "city", "town", "municipality", "suburb", "mailing_city", "ciudad", "cidade", "ville", "res_city", "city_name",
        "city_town", "home_city", "locality",
    ),
    Kind.STATE: ("state", "province", "state_code", "mailing_state", "estado", "st", "state_abbr", "res_state"),
    Kind.ZIP: (
        "zip", "zipcode", "zip_code", "postcode", "postal_code", "mailing_zip", "zip5", "postcode_fake",
        "codigo_postal",
        "cep", "postalcode", "post_code", "code_postal", "res_zip", "home_zip", "mailing_zipcode",
    ),
    Kind.PHONE: (
        "phone", "telephone", "phone_number", "mobile", "cell", "tel", "home_phone", "cell_phone",
        "telefono", "telefone",
        "mobile_phone", "contact_number", "phone_no", "telephone_number",
    ),
    Kind.EMAIL: ("email", "e_mail", "email_address", "mail", "correo", "correo_electronico", "emailaddress"),
    Kind.AGENCY_ID: (
        "sasid", "student_id", "state_student_id", "ssid", "medicaid_id", "license_number", "driver_license",
        "client_id", "case_number", "member_id", "patient_id", "state_id", "nhs_number", "mrn", "drivers_license",
    ),
    Kind.FUZZY: ("birth_place", "birthplace", "place_of_birth", "occupation", "birth_city",
        "lugar_nacimiento", "mother_maiden_name"),
    Kind.EXACT: ("race", "ethnicity", "race_ethnicity", "race_eth", "birth_country", "nationality"),
    Kind.NUMBER: ("age",),
}  # fmt: skip
_SPLIT = {  # one fact spread over several columns, joined in this order
    (Kind.ADDRESS, ("street_number", "street_name", "unit_number")),
    (Kind.ADDRESS, ("street_number", "street_name")),
    (Kind.ADDRESS, ("house_number", "street_name")),
    (Kind.ADDRESS, ("street_number", "address_1")),
    (Kind.ADDRESS, ("house_number", "street")),
    (Kind.BIRTH_DATE, ("birth_year", "birth_month", "birth_day")),
    (Kind.BIRTH_DATE, ("dob_year", "dob_month", "dob_day")),
    (Kind.BIRTH_DATE, ("yob", "mob", "dob")),
    (Kind.BIRTH_DATE, ("byear", "bmonth", "bday")),
    (Kind.BIRTH_DATE, ("by", "bm", "bd")),
    (Kind.PHONE, ("area_code", "phone")),
}
_PREFIXES = ("mailing_address_", "home_address_", "residence_", "residential_", "mailing_", "home_",
    "person_", "student_", "client_", "participant_", "applicant_")  # fmt: skip


def plain(name: str) -> str:
    """A column's name in lower case, words joined by one underscore: `firstName` → `first_name`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^0-9a-z]+", "_", words.lower()).strip("_")


def id_column(columns: Iterable[str], source: str) -> str:
    """The column that identifies a record. Raises LinkageError when none is recognised."""
    named = {plain(each): each for each in columns}
    for name in _ID:
        if name in named:
            return named[name]
    raise LinkageError(
        f"{source}: no column that identifies a record was recognised; name it with --id (id=)"
    )


def recognise(
    columns: Iterable[str], one_line: Collection[str] = ()
) -> dict[str, tuple[Kind, tuple[str, ...]]]:
    """Field name → kind and the columns that hold it, for each fact that the names reveal. `one_line`: columns that
    hold whole addresses, town and ZIP too.
    """
    named = {plain(each): each for each in columns}
    for prefix in _PREFIXES:
        for name in [each for each in named if each.startswith(prefix)]:
            named.setdefault(name.removeprefix(prefix), named[name])
    found: dict[str, tuple[Kind, tuple[str, ...]]] = {}
    for kind, parts in sorted(_SPLIT, key=lambda split: -len(split[1])):
        if all(part in named for part in parts) and kind.value not in found:
            found[kind.value] = (kind, tuple(named[part] for part in parts))
    for kind, names in _NAMES.items():
        present = [name for name in names if name in named]
        several = kind in {Kind.AGENCY_ID, Kind.FUZZY, Kind.EXACT, Kind.NUMBER}
        for name in present if several else present[:1]:
            found.setdefault(name if several else kind.value, (kind, (named[name],)))
    return _whole_names(_whole_addresses(found, one_line))


def _whole_addresses(
    found: dict[str, tuple[Kind, tuple[str, ...]]], one_line: Collection[str]
) -> dict[str, tuple[Kind, tuple[str, ...]]]:
    """A one-line address is split into its parts; a part that has a column of its own is read from there."""
    _, columns = found.get(Kind.ADDRESS.value, (Kind.ADDRESS, ()))
    if len(columns) != 1 or columns[0] not in one_line:
        return found
    found[Kind.ADDRESS.value] = (Kind.ADDRESS, (f"{columns[0]}:address",))
    for kind in (Kind.CITY, Kind.STATE, Kind.ZIP):
        found.setdefault(kind.value, (kind, (f"{columns[0]}:{kind.value}",)))
    return found


def _whole_names(found: dict[str, tuple[Kind, tuple[str, ...]]]) -> dict[str, tuple[Kind, tuple[str, ...]]]:
    """A full name is split into its parts where the parts have no columns, and left out where they have."""
    if Kind.FULL_NAME.value not in found:
        return found
    _, (column,) = found.pop(Kind.FULL_NAME.value)
    if {Kind.GIVEN_NAME.value, Kind.FAMILY_NAME.value} <= set(found):
        return found
    for kind in (Kind.GIVEN_NAME, Kind.MIDDLE_NAME, Kind.FAMILY_NAME):
        found.setdefault(kind.value, (kind, (f"{column}:{kind.value}",)))
    return found
