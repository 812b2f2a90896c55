import pytest

from portal.directory.dn import is_dn, parts, same_dn, unit_of

B = "ou=people,dc=hengyu,dc=example"


@pytest.mark.parametrize(("one", "other"), [
    (f"cn=王\\, 芳+uid=wf,{B}", f"UID=WF+CN=王\\2C 芳, {B.upper()}"),
    (f"cn=王\\, 芳,{B}", f"cn=\\e7\\8e\\8b\\2C 芳,{B}"),
    (f'cn="王, 芳",{B}', f"cn=王\\, 芳,{B}"),
    ("CN=Li  Lei,DC=x", "cn=li lei;dc=X"),
    ("uid=a , dc=x", "uid=a,dc=x"),
    ("CN=a\\ ,DC=x", "CN=a\\20,DC=x"),
])
def test_spellings_of_one_name_are_the_same(one, other):
    assert same_dn(one) == same_dn(other)


@pytest.mark.parametrize(("one", "other"), [
    ("CN=李雷,OU=研发部\\, 一组,DC=x", "CN=李雷,OU=研发部,OU=一组,DC=x"),
    ("cn=a+uid=b,dc=x", "cn=a,uid=b,dc=x"),
    ("cn=a\\+uid=b,dc=x", "cn=a+uid=b,dc=x"),
])
def test_different_names_are_not(one, other):
    assert same_dn(one) != same_dn(other)


@pytest.mark.parametrize("text", ["王芳", "cn=a,,dc=x", "cn=a,dc", 'cn="a,dc=x', "cn=a\\", "=a,dc=x", "cn=a+,dc=x"])
def test_what_is_no_name_is_said_to_be_none(text):
    with pytest.raises(ValueError):
        same_dn(text)
    assert not is_dn(text)


def test_parts_and_the_unit_are_unescaped():
    assert parts("cn=a\\,b,OU=研发部\\, 一组,dc=x") == [[("cn", "a,b")], [("ou", "研发部, 一组")], [("dc", "x")]]
    assert unit_of("cn=a\\,b,OU=研发部\\, 一组,ou=people,dc=x") == "研发部, 一组"
    assert unit_of("ou=itself,dc=x") is None
